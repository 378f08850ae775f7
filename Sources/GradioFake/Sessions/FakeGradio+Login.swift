internal import Encodings
import Fakes
import JSONTree
import SocketServer

extension FakeGradio {
    private var cookieName: String { "access-token-\(cookieID)" }
    private var openCookieName: String { "access-token-unsecure-\(cookieID)" }

    /// The answer to everything that needs a login.
    var notAuthenticated: Reply {
        guard app.major >= .five else { return .detail(401, "Not authenticated") }
        return .detail(
            401,
            [
                "error": "Not authenticated",
                "auth_message": options.app.launch.authMessage.map { .string($0) } ?? .null,
            ])
    }

    /// The name under which a request's cookies are logged in; either cookie is enough.
    func user(of request: Request) -> String? {
        guard !tokens.isEmpty else { return nil }
        return [cookieName, openCookieName].compactMap { cookie($0, of: request) }.compactMap { tokens[$0] }.first
    }

    private func cookie(_ name: String, of request: Request) -> String? {
        for line in request.headers.all("cookie") {
            for part in line.split(separator: ";") {
                let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2, String(pair[0]).trimmed == name { return String(pair[1]).trimmed }
            }
        }
        return nil
    }

    /// The fields of a form in either of the two forms that forms have; none of another body.
    private func fields(of exchange: Exchange) async throws -> [String: String] {
        let type = exchange.request.headers["content-type"]?.lowercased() ?? ""
        if type.hasPrefix("multipart/form-data") {
            return Dictionary(try await exchange.multipart().map { ($0.name, $0.text) }) { _, last in last }
        }
        let body = try await exchange.body()
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return [:] }
        let items = QueryItems(String(decoding: body, as: UTF8.self))
        return Dictionary(["username", "password"].compactMap { name in items[name].map { (name, $0) } }) { one, _ in
            one
        }
    }

    /// `POST /login`: a form with name and password.
    func login(_ exchange: Exchange, _ caller: Caller) async -> Reply {
        let form: [String: String]
        do {
            form = try await fields(of: exchange)
        } catch let fault as MultipartFault {
            let isNameless = fault == .missingBoundary
            return .detail(400, isNameless ? "Missing boundary in multipart." : "Invalid multipart data.")
        } catch {
            return internalError  // the client has gone
        }
        var complaint = BodyComplaint()
        for field in ["username", "password"] where form[field]?.isEmpty ?? true {
            complaint.add("missing", ["body", .string(field)], "Field required", .null)
        }
        guard complaint.items.isEmpty, let name = form["username"]?.trimmed, let password = form["password"] else {
            return complaint.reply
        }
        let users = options.app.launch.users
        guard !users.isEmpty else { return .redirect(302, to: home(caller)) }
        guard users.contains(.init(name: name, password: password)) else {
            return .detail(400, "Incorrect credentials.")
        }
        tokenCount += 1
        var luck = environment.random("login", name, "\(tokenCount)")
        let token = Base64.encode(
            (0..<16).map { _ in UInt8.random(in: 0...255, using: &luck) }, urlSafe: true, isPadded: false)
        tokens[token] = name
        var reply = Reply.json(["success": true])
        reply.headers.append("set-cookie", "\(cookieName)=\(token); HttpOnly; Path=/; SameSite=none; Secure")
        reply.headers.append("set-cookie", "\(openCookieName)=\(token); HttpOnly; Path=/; SameSite=lax")
        return reply
    }

    /// `GET /logout`: forgets the token, or all tokens of its user.
    func logout(_ request: Request, _ caller: Caller) -> Reply {
        if let user = user(of: request) {
            let isEverywhere = request.queryItems["all_session"]?.lowercased() ?? "true" != "false"
            let own = [cookieName, openCookieName].compactMap { cookie($0, of: request) }
            tokens = tokens.filter { token, name in isEverywhere ? name != user : !own.contains(token) }
        }
        var reply = Reply.redirect(302, to: home(caller))
        for name in [cookieName, openCookieName] {
            reply.headers.append(
                "set-cookie",
                "\(name)=\"\"; expires=\(environment.now().httpDate); Max-Age=0; Path=/; SameSite=lax")
        }
        return reply
    }

    /// Where a login or logout leads: 5 and 6 name the whole address.
    private func home(_ caller: Caller) -> String { app.major >= .five ? caller.root : "/" }

    /// `GET /token`: only of the cookie that is sent over TLS.
    func token(_ request: Request) -> Reply {
        guard let token = cookie(cookieName, of: request) else { return .json(["token": nil, "user": nil]) }
        return .json(["token": .string(token), "user": tokens[token].map { .string($0) } ?? .null])
    }
}
