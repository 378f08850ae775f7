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
    static let table: RouteTable<Endpoint> = {
        var table = RouteTable<Endpoint>()
        func on(_ method: String, _ path: String, isOpen: Bool = false, _ answer: @escaping Endpoint.Answer) {
            table.on(method, path, Endpoint(isOpen: isOpen, answer))
        }
        on("GET", "/", Overview.page)
        on("GET", "/health", isOpen: true, Overview.health)
        on("GET", "/ready", isOpen: true, Overview.ready)
        on("GET", "/metrics", Metrics.get)
        on("GET", "/openapi.yaml", Overview.description)
        on("POST", "/reset", Overview.reset)

        on("GET", "/fakes", FakeEndpoints.list)
        on("POST", "/fakes", FakeEndpoints.create)
        on("GET", "/fakes/{id}", FakeEndpoints.get)
        on("DELETE", "/fakes/{id}", FakeEndpoints.delete)
        on("GET", "/fakes/{id}/state", FakeEndpoints.state)
        on("PATCH", "/fakes/{id}/state", FakeEndpoints.setState)
        on("POST", "/fakes/{id}/reset", FakeEndpoints.reset)

        on("GET", "/scenarios", ScenarioEndpoints.library)
        on("GET", "/scenarios/{name}", ScenarioEndpoints.fromLibrary)
        on("GET", "/scenario", ScenarioEndpoints.get)
        on("PUT", "/scenario", ScenarioEndpoints.put)
        on("DELETE", "/scenario", ScenarioEndpoints.delete)
        on("POST", "/scenario/check", ScenarioEndpoints.check)
        on("GET", "/rules", ScenarioEndpoints.rules)
        on("POST", "/rules", ScenarioEndpoints.addRules)
        on("DELETE", "/rules", ScenarioEndpoints.removeRules)
        on("DELETE", "/rules/{name}", ScenarioEndpoints.removeRule)

        on("GET", "/journal", JournalEndpoints.query)
        on("DELETE", "/journal", JournalEndpoints.clear)
        on("GET", "/journal/har", JournalEndpoints.archive)
        on("GET", "/journal/feed", JournalEndpoints.feed)
        on("GET", "/journal/{number}", JournalEndpoints.entry)
        on("POST", "/verify", JournalEndpoints.verify)
        return table
    }()
}
