public import Fakes
internal import JSONTree
public import SocketServer

/// The server by which a suite is steered and watched: fakes, scenarios, rules, journal. No scenario ever touches it.
///
/// ```swift
/// let control = ControlServer(company: company, casting: casting, on: loop)
/// let address = try await control.listen(port: 9400)
/// ```
public final class ControlServer: Sendable {
    private let server: Server

    /// - Parameters:
    ///   - casting: makes a fake that somebody orders.
    ///   - token: what clients must show; nil where none is needed, which is for loopback only.
    ///   - hosts: names besides loopback's under which it may be spoken to.
    public init(
        company: Company, casting: any FakeCasting, on loop: EventLoop, version: String, token: String? = nil,
        hosts: [String] = []
    ) {
        let desk = Desk(
            company: company, casting: casting, loop: loop, version: version,
            access: Access(token: token, hosts: hosts))
        server = Server(
            on: loop,
            configuration: ServerConfiguration(
                style: HeadStyle(leading: [.fixed("server", "understudy")]),
                limits: ServerLimits(bodyBytes: 4 << 20, connections: 1000),
                malformed: { Problem.badRequest("\($0)").reply })
        ) { exchange in
            await desk.reply(to: exchange)
        }
    }

    /// Listens on one more address.
    @discardableResult
    public func listen(host: String = "127.0.0.1", port: UInt16 = 0) async throws(SocketServerError) -> SocketAddress {
        try await server.listen(host: host, port: port)
    }

    /// Stops; returns when nothing is left.
    public func stop() async {
        await server.stop(grace: .milliseconds(100))
    }
}

/// Makes fakes that are ordered while the suite runs.
public protocol FakeCasting: Sendable {
    /// Starts a fake, on a free port unless the order says otherwise.
    ///
    /// - Throws: ``FakeOrderError``, or why it could not start.
    func start(_ order: FakeOrder, in company: Company) async throws -> RunningFake
    /// Stops one that was started here, and all that went with it.
    func stop(_ fake: RunningFake) async
}

/// Who looks through the mail: finds the endpoint of a request.
actor Desk {
    nonisolated let company: Company
    nonisolated let casting: any FakeCasting
    nonisolated let loop: EventLoop
    nonisolated let version: String
    private let access: Access
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(company: Company, casting: any FakeCasting, loop: EventLoop, version: String, access: Access) {
        self.company = company
        self.casting = casting
        self.loop = loop
        self.version = version
        self.access = access
    }

    func reply(to exchange: Exchange) async -> Reply {
        let request = exchange.request
        do throws(Problem) {
            let method = request.method == "HEAD" ? "GET" : request.method
            switch Endpoints.table.match(method: method, path: request.path) {
            case .found(let endpoint, let parameters):
                if !endpoint.isOpen { try access.check(request) }
                return try await endpoint.answer(self, Inquiry(exchange: exchange, parameters: parameters))
            case .methodNotAllowed(let allowed):
                let detail = "\(request.path) takes \(allowed.joined(separator: ", ")), not \(request.method)"
                var reply = Problem(
                    status: 405, type: "method-not-allowed", title: "Not with this method", detail: detail
                ).reply
                reply.headers.append("allow", allowed.joined(separator: ", "))
                return reply
            case .notFound:
                throw Problem(
                    status: 404, type: "unknown-path", title: "Nothing is there",
                    detail: "no resource \(request.path): GET /openapi.yaml lists all")
            }
        } catch {
            return error.reply
        }
    }
}

/// A request on its way to its endpoint.
struct Inquiry: Sendable {
    let exchange: Exchange
    /// What the path's template matched.
    let parameters: [String: String]

    var request: Request { exchange.request }

    /// The body as text.
    func text() async throws(Problem) -> String {
        let bytes: [UInt8]
        do throws(BodyError) {
            bytes = try await exchange.body()
        } catch {
            throw switch error {
            case .tooLarge(let limit):
                Problem(
                    status: 413, type: "too-large", title: "The body is too large",
                    detail: "expected \(limit) bytes at most")
            case .malformed, .disconnected: Problem.badRequest("the body broke off")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem.badRequest("expected text in UTF-8, got other bytes")
        }
        return text
    }

    /// The body as a JSON object; an empty one counts as `{}`.
    func object() async throws(Problem) -> JSONObject {
        let text = try await text()
        if text.allSatisfy(\.isWhitespace) { return [:] }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw Problem.badRequest("expected a JSON object: \(error)")
        }
        guard let object = json.object else {
            throw Problem.badRequest("expected a JSON object, got \(text.prefix(40))")
        }
        return object
    }
}
