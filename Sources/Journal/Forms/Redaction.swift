/// What is taken out of entries before anybody reads them: keys, tokens, passwords, cookies.
///
/// The journal itself keeps what was said, so that queries can ask for it. What takes its place shows the beginning of
/// a long secret and its length: `sk-…(51)`.
public struct Redaction: Sendable {
    /// Names of headers, query items and JSON members that are secrets besides the known ones; case, `-` and `_` do
    /// not count.
    public var names: [String] { others.map(\.asText) }
    private let others: Set<[UInt8]>
    /// The kinds of fakes whose clients are told apart by a credential.
    public let credentialKinds: Set<String>

    public init(names: [String] = [], credentialKinds: Set<String> = ["litellm"]) {
        others = Set(names.map(Self.plain))
        self.credentialKinds = credentialKinds
    }

    /// What stands for a secret.
    public static func stub(_ secret: String) -> String {
        if secret.isEmpty { return "" }
        return (secret.count < 12 ? "…" : secret.prefix(3) + "…") + "(\(secret.count))"
    }

    /// Who a client of a fake is.
    public func client(_ client: String, of kind: String) -> String {
        credentialKinds.contains(kind) ? Self.stub(client) : client
    }

    /// The value of a header field.
    public func header(_ name: String, _ value: String) -> String {
        let lowercased = name.lowercased()
        if ["location", "content-location", "referer"].contains(lowercased) { return target(value) }
        guard isSecret(name) else { return value }
        switch lowercased {
        case "cookie":
            return value.split(separator: ";").map { Self.afterEquals(String($0)) }.joined(separator: ";")
        case "set-cookie":
            let parts = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            return ([Self.afterEquals(String(parts[0]))] + parts.dropFirst().map(String.init)).joined(separator: ";")
        default:
            // `Bearer` and `Basic` tell no secret.
            guard let blank = value.firstIndex(of: " ") else { return Self.stub(value) }
            return value[...blank] + Self.stub(String(value[value.index(after: blank)...]))
        }
    }

    /// All fields of a head.
    public func headers(_ headers: HeaderRecord) -> [(name: String, value: String)] {
        headers.fields.map { ($0.name, header($0.name, $0.value)) }
    }

    /// A request target: path and query.
    public func target(_ target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return target }
        return target[...mark] + form(String(target[target.index(after: mark)...]))
    }

    /// A form, or the query of a target, without its decoding.
    func form(_ text: String) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { item in
            let name = String(item.prefix { $0 != "=" })
            return isSecret(name) ? Self.afterEquals(String(item)) : String(item)
        }.joined(separator: "&")
    }

    /// Whether what goes by this name is a secret.
    public func isSecret(_ name: String) -> Bool {
        let plain = Self.plain(name)
        return Self.exact.contains(plain) || others.contains(plain) || Self.tellsSecret(plain)
            || plain.ends(with: "token")
    }

    /// Whether the name also has harmless uses: the `token` of a log probability, the `key` of anything.
    static func isAmbiguous(_ name: String) -> Bool {
        let plain = plain(name)
        return plain.elementsEqual("key".utf8) || plain.ends(with: "token") && !tellsSecret(plain)
    }

    private static func tellsSecret(_ plain: [UInt8]) -> Bool { parts.contains { plain.holds($0) } }

    private static let exact = Set(
        [
            "authorization", "proxyauthorization", "cookie", "setcookie", "key", "passwd", "pwd", "secret",
            "credential", "credentials",
        ].map(plain))
    /// `x-api-key`, `api_key_comfy_org`, `client_secret`, `Ocp-Apim-Subscription-Key`.
    private static let parts = [
        "apikey", "accesstoken", "authtoken", "refreshtoken", "password", "clientsecret", "secretkey", "accesskey",
        "masterkey", "privatekey", "subscriptionkey", "googapi",
    ].map(plain)

    /// In small letters, without `-` and `_`.
    private static func plain(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    /// `name=value` without the value.
    private static func afterEquals(_ item: String) -> String {
        guard let equals = item.firstIndex(of: "=") else { return item }
        return item[...equals] + stub(String(item[item.index(after: equals)...]))
    }
}

extension [UInt8] {
    fileprivate func ends(with word: String) -> Bool { suffix(word.utf8.count).elementsEqual(word.utf8) }
}
