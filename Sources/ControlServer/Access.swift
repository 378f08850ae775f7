internal import SocketServer

/// Who may speak to the control server.
///
/// On loopback everybody on this machine, but no web page of somebody else's: a name that leads to loopback (DNS
/// rebinding) shows in `Host`, a foreign page in `Origin`. Beyond loopback, whoever knows the token.
struct Access: Sendable {
    /// Nil where none is needed.
    let token: String?
    /// Names besides loopback's under which the server may be spoken to.
    let hosts: [String]

    func check(_ request: Request) throws(Problem) {
        if let token {
            guard let given = Self.token(in: request), Self.isEqual(given, token) else {
                throw Problem(
                    status: 401, type: "token-needed", title: "A token is needed",
                    detail: "send \"Authorization: Bearer TOKEN\" with the token that the suite was started with")
            }
        }
        // A token that a page does not know is proof enough; without one, names are.
        guard token == nil else { return }
        if let host = request.headers["host"], !isOurs(Self.name(ofHost: host)) {
            throw Self.foreign("Host", host)
        }
        if let origin = request.headers["origin"], origin != "null" || request.method != "GET" {
            guard let range = origin.firstRange(of: "://"),
                isOurs(Self.name(ofHost: String(origin[range.upperBound...])))
            else { throw Self.foreign("Origin", origin) }
        }
    }

    private static func foreign(_ field: String, _ value: String) -> Problem {
        Problem(
            status: 403, type: "foreign", title: "Not from here",
            detail: "\(field) is \"\(value)\", expected 127.0.0.1, localhost or [::1]")
    }

    private func isOurs(_ name: String) -> Bool {
        ["127.0.0.1", "localhost", "[::1]"].contains(name) || hosts.contains(name)
    }

    private static func token(in request: Request) -> String? {
        if let value = request.headers["authorization"], value.lowercased().hasPrefix("bearer ") {
            return String(value.dropFirst(7))
        }
        return request.headers["x-understudy-token"]
    }

    /// Takes as long for a wrong first letter as for a wrong last one.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let one = Array(left.utf8)
        let two = Array(right.utf8)
        var difference = UInt64(one.count ^ two.count)
        for index in two.indices { difference |= UInt64((index < one.count ? one[index] : 0) ^ two[index]) }
        return difference == 0
    }

    private static func name(ofHost host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        return String(host.prefix { $0 != ":" }).lowercased()
    }
}
