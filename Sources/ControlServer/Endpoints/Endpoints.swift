internal import SocketServer

/// One resource and method.
struct Endpoint: Sendable {
    typealias Answer = @Sendable (Desk, Inquiry) async throws(Problem) -> Reply

    let answer: Answer
    /// Whether anybody may ask: for health checks.
    let isOpen: Bool

    init(isOpen: Bool = false, _ answer: @escaping Answer) {
        self.answer = answer
        self.isOpen = isOpen
    }
}

/// All resources of the control server, as `contracts/understudy/openapi.yaml` describes them.
enum Endpoints {
    static let all: [(method: String, path: String, endpoint: Endpoint)] = [
        ("GET", "/", Endpoint(Overview.page)),
        ("GET", "/health", Endpoint(isOpen: true, Overview.health)),
        ("GET", "/ready", Endpoint(isOpen: true, Overview.ready)),
        ("GET", "/metrics", Endpoint(Metrics.get)),
        ("GET", "/openapi.yaml", Endpoint(Overview.description)),
        ("POST", "/reset", Endpoint(Overview.reset)),
        ("GET", "/fakes", Endpoint(FakeEndpoints.list)),
        ("POST", "/fakes", Endpoint(FakeEndpoints.create)),
        ("GET", "/fakes/{id}", Endpoint(FakeEndpoints.get)),
        ("DELETE", "/fakes/{id}", Endpoint(FakeEndpoints.delete)),
        ("GET", "/fakes/{id}/state", Endpoint(FakeEndpoints.state)),
        ("PATCH", "/fakes/{id}/state", Endpoint(FakeEndpoints.setState)),
        ("POST", "/fakes/{id}/reset", Endpoint(FakeEndpoints.reset)),
        ("GET", "/scenarios", Endpoint(ScenarioEndpoints.library)),
        ("GET", "/scenarios/{name}", Endpoint(ScenarioEndpoints.fromLibrary)),
        ("GET", "/scenario", Endpoint(ScenarioEndpoints.get)),
        ("PUT", "/scenario", Endpoint(ScenarioEndpoints.put)),
        ("DELETE", "/scenario", Endpoint(ScenarioEndpoints.delete)),
        ("POST", "/scenario/check", Endpoint(ScenarioEndpoints.check)),
        ("GET", "/rules", Endpoint(ScenarioEndpoints.rules)),
        ("POST", "/rules", Endpoint(ScenarioEndpoints.addRules)),
        ("DELETE", "/rules", Endpoint(ScenarioEndpoints.removeRules)),
        // By default a rule is called after where it looks, slashes and all.
        ("DELETE", "/rules/{name...}", Endpoint(ScenarioEndpoints.removeRule)),
        ("GET", "/journal", Endpoint(JournalEndpoints.query)),
        ("DELETE", "/journal", Endpoint(JournalEndpoints.clear)),
        ("GET", "/journal/har", Endpoint(JournalEndpoints.archive)),
        ("GET", "/journal/feed", Endpoint(JournalEndpoints.feed)),
        ("GET", "/journal/{number}", Endpoint(JournalEndpoints.entry)),
        ("POST", "/verify", Endpoint(JournalEndpoints.verify)),
    ]

    static let table: RouteTable<Endpoint> = {
        var table = RouteTable<Endpoint>()
        for (method, path, endpoint) in all { table.on(method, path, endpoint) }
        return table
    }()
}
