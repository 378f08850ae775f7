internal import Fakes
internal import JSONTree
internal import Journal
internal import Scenarios

/// What a run of a command against the fakes has shown.
struct RunReport: Sendable {
    /// One thing that was looked at.
    struct Finding: Sendable {
        enum Severity: String, Sendable {
            case passed, warning, failed
        }

        let id: String
        let severity: Severity
        let message: String
    }

    let command: [String]
    let status: Int32
    let took: Duration
    let seed: UInt64
    let scenario: String?
    let rules: [RuleCount]
    /// Requests of each fake.
    let requests: [(fake: String, count: Int)]
    /// `GET /nothing` of a fake, and how often.
    let unrouted: [(request: String, count: Int)]
    let errors: [(name: String, count: Int)]
    let openConnections: Int
    let findings: [Finding]

    var passed: Bool { !findings.contains { $0.severity == .failed } }

    init(
        _ company: Company, _ configuration: SuiteConfiguration, command: [String], status: Int32, took: Duration
    ) async {
        self.command = command
        self.status = status
        self.took = took
        seed = configuration.seed
        scenario = await company.scenario?.name
        rules = await company.ruleCounts()
        let entries = company.journal.read { $0.entries() }
        var requests: [String: Int] = [:]
        var unrouted: [String: Int] = [:]
        var errors: [String: Int] = [:]
        for entry in entries {
            switch entry.event {
            case .exchange(let record), .opened(let record):
                requests[entry.fake, default: 0] += 1
                if record.route == nil { unrouted["\(entry.fake) \(record.method) \(record.path)", default: 0] += 1 }
                if let error = record.nativeError { errors["\(entry.fake) \(error)", default: 0] += 1 }
            case .accepted where requests[entry.fake] == nil: requests[entry.fake] = 0
            default: continue
            }
        }
        let spoken = entries.contains { if case .accepted = $0.event { true } else { false } }
        self.requests = requests.sorted { $0.key < $1.key }.map { (fake: $0.key, count: $0.value) }
        self.unrouted = unrouted.sorted { $0.key < $1.key }.map { (request: $0.key, count: $0.value) }
        self.errors = errors.sorted { $0.key < $1.key }.map { (name: $0.key, count: $0.value) }
        var open = 0
        for fake in await company.fakes { open += await fake.connectionCount() }
        openConnections = open

        var findings = [
            Finding(
                id: "command", severity: status == 0 ? .passed : .failed,
                message: status == 0 ? "the command succeeded" : "the command ended with status \(status)"),
            Finding(
                id: "spoke-to-a-fake", severity: spoken ? .passed : .failed,
                message: spoken
                    ? "the command spoke to the fakes"
                    : "the command spoke to no fake: does it take their addresses from its environment?"),
        ]
        for rule in rules {
            findings.append(
                Finding(
                    id: "rule: \(rule.rule)", severity: rule.acted > 0 ? .passed : .warning,
                    message: rule.acted > 0
                        ? "acted \(rule.acted) of \(rule.matched) times"
                        : "never acted (it was looked at \(rule.matched) times)"))
        }
        for (request, count) in self.unrouted {
            findings.append(
                Finding(
                    id: "route: \(request)", severity: .warning,
                    message:
                        "\(count) \(count == 1 ? "request" : "requests") to a path that the real server does not have"))
        }
        if open > 0 {
            findings.append(
                Finding(
                    id: "open-connections", severity: .warning,
                    message: "\(open) \(open == 1 ? "connection was" : "connections were") left open"))
        }
        self.findings = findings
    }

    var json: JSON {
        [
            "passed": .bool(passed), "command": .array(command.map { .string($0) }), "status": .int(Int(status)),
            "seconds": .double((took / .milliseconds(1)).rounded() / 1000), "seed": .uint64(seed),
            "scenario": scenario.map { .string($0) } ?? nil,
            "requests": .object(JSONObject(requests.map { ($0.fake, .int($0.count)) })),
            "rules": .array(
                rules.map { ["name": .string($0.rule), "matched": .int($0.matched), "acted": .int($0.acted)] }),
            "unrouted": .array(unrouted.map { ["request": .string($0.request), "count": .int($0.count)] }),
            "errors": .array(errors.map { ["name": .string($0.name), "count": .int($0.count)] }),
            "open_connections": .int(openConnections),
            "findings": .array(
                findings.map {
                    ["id": .string($0.id), "severity": .string($0.severity.rawValue), "message": .string($0.message)]
                }),
        ]
    }
}
