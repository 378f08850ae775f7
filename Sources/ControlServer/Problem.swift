internal import JSONTree
internal import Scenarios
internal import SocketServer

/// What is wrong with a request, as problem details (RFC 9457).
struct Problem: Error {
    var status: Int
    /// The last part of the problem's type: `unknown-fake`.
    var type: String
    var title: String
    /// What was expected, what came, and what to do next.
    var detail: String
    /// Members beside the usual ones.
    var more: JSONObject = [:]

    var reply: Reply {
        var object: JSONObject = [
            "type": .string("urn:understudy:problem:\(type)"), "title": .string(title), "status": .int(status),
            "detail": .string(detail),
        ]
        for (name, value) in more { object[name] = value }
        return Reply(
            status: status, headers: ["content-type": "application/problem+json"],
            body: .bytes(JSON.object(object).bytes()))
    }

    static func badRequest(_ detail: String) -> Problem {
        Problem(status: 400, type: "bad-request", title: "The request cannot be understood", detail: detail)
    }

    static func unknown(_ what: String, _ name: String, known: [String]) -> Problem {
        let list = known.isEmpty ? "there is none" : "there are \(known.joined(separator: ", "))"
        return Problem(
            status: 404, type: "unknown-\(what)", title: "No such \(what)",
            detail: "no \(what) \"\(name)\": \(list)")
    }

    static func scenario(_ problems: ScenarioProblems) -> Problem {
        Problem(
            status: 422, type: "invalid-scenario", title: "The scenario is refused whole",
            detail: problems.description,
            more: [
                "problems": .array(
                    problems.problems.map { problem in
                        [
                            "line": .int(problem.line), "column": .int(problem.column),
                            "message": .string(problem.message),
                        ]
                    })
            ])
    }
}

extension JSON {
    /// A number of seconds, to the microsecond.
    static func seconds(_ duration: Duration) -> JSON {
        .double((duration / .microseconds(1)).rounded() / 1_000_000)
    }
}

extension Reply {
    static func json(_ json: JSON, status: Int = 200) -> Reply {
        Reply(status: status, headers: ["content-type": "application/json"], body: .bytes(json.bytes() + [0x0A]))
    }

    static let nothing = Reply(status: 204)
}
