internal import SocketServer

/// The key that a request carries, wherever it carries it.
enum Credential: Sendable, Equatable {
    case none
    /// An `Authorization` that no key can be read from.
    case malformed
    case key(String)

    /// Looks in the order of the real proxy: its own header, `Authorization`, then those of other providers' SDKs.
    init(_ headers: HeaderFields) {
        if let own = headers["x-litellm-api-key"], !own.isEmpty {
            self = .key(Self.afterScheme(own, "bearer") ?? own)
        } else if let authorization = headers["authorization"], !authorization.isEmpty {
            if let key = Self.afterScheme(authorization, "bearer") ?? Self.afterScheme(authorization, "basic"),
                !key.isEmpty
            {
                self = .key(key)
            } else {
                self = .malformed
            }
        } else {
            self = .none
            for name in ["api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"] {
                if let key = headers[name], !key.isEmpty {
                    self = .key(key)
                    return
                }
            }
        }
    }

    private static func afterScheme(_ value: String, _ scheme: String) -> String? {
        let bytes = value.utf8
        guard bytes.count > scheme.utf8.count else { return nil }
        for (byte, letter) in zip(bytes, scheme.utf8) where byte | 0x20 != letter { return nil }
        let rest = value.dropFirst(scheme.utf8.count)
        guard rest.utf8.first == UInt8(ascii: " ") else { return nil }
        return String(rest.drop { $0 == " " })
    }
}

/// Who calls, once it is known.
struct Caller: Sendable {
    /// The virtual key's place in the store; nil for an admin, and for everybody at an open proxy.
    var key: Int?
    /// Names this client in the luck of its requests.
    var name: String

    var isAdmin: Bool { key == nil }
}
