internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// What is played: the scenario in force, its rules, and those that come with the suite.
enum ScenarioEndpoints {
    static let library: Endpoint.Answer = { _, _ in
        .json([
            "scenarios": .array(
                ScenarioLibrary.all.map { ["name": .string($0.name), "summary": .string($0.summary)] })
        ])
    }

    static let fromLibrary: Endpoint.Answer = { _, inquiry async throws(Problem) in
        let name = inquiry.parameters["name"] ?? ""
        guard let text = ScenarioLibrary.text(of: name) else {
            throw .unknown("scenario", name, known: ScenarioLibrary.all.map(\.name))
        }
        return .text(text, headers: ["content-type": "application/yaml"])
    }

    static let get: Endpoint.Answer = { desk, _ in await desk.inForce() }

    /// Takes a scenario as YAML or JSON, or `{"name": "busy-gpu"}` for one of the library.
    static let put: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let scenario = try await desk.scenario(inquiry)
        await desk.company.apply(scenario)
        return await desk.inForce()
    }

    static let check: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        .json(try await desk.scenario(inquiry).json)
    }

    static let delete: Endpoint.Answer = { desk, _ in
        await desk.company.apply(nil)
        return .nothing
    }

    static let rules: Endpoint.Answer = { desk, _ in .json(["rules": await desk.rulesInForce()]) }

    /// Takes rules on lines (`text/plain`), or as they stand in a file, in YAML or JSON. All of them or none.
    static let addRules: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let text = try await inquiry.text()
        let reader = ScenarioReader(vocabulary: try await desk.vocabulary)
        let taken = Set(await desk.company.scenario?.rules.map(\.name) ?? [])
        let isPlain = inquiry.request.headers["content-type"]?.hasPrefix("text/plain") ?? false
        let rules: [Rule]
        do throws(ScenarioProblems) {
            rules = isPlain ? try reader.rules(lines: text, taken: taken) : try reader.rules(text, taken: taken)
        } catch {
            throw .scenario(error)
        }
        await desk.company.add(rules)
        return .json(["rules": .array(rules.map(\.json))], status: 201)
    }

    static let removeRules: Endpoint.Answer = { desk, _ in
        await desk.company.apply(nil)
        return .nothing
    }

    static let removeRule: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let name = inquiry.parameters["name"] ?? ""
        guard await desk.company.removeRule(name) else {
            throw .unknown("rule", name, known: await desk.company.scenario?.rules.map { "\"\($0.name)\"" } ?? [])
        }
        return .nothing
    }
}

extension ScenarioReader {
    /// Rules on lines, one each; empty lines and those that begin with `#` are left out.
    func rules(lines text: String, taken: Set<String>) throws(ScenarioProblems) -> [Rule] {
        var rules: [Rule] = []
        var problems: [ScenarioProblem] = []
        var taken = taken
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.drop { $0 == " " || $0 == "\t" }
            if words.isEmpty || words.hasPrefix("#") || words == "\r" { continue }
            do throws(ScenarioProblems) {
                let rule = try rule(line: String(line.hasSuffix("\r") ? line.dropLast() : line), taken: taken)
                taken.insert(rule.name)
                rules.append(rule)
            } catch {
                problems += error.problems.map { problem in
                    var problem = problem
                    problem.line = number + 1
                    return problem
                }
            }
        }
        if rules.isEmpty, problems.isEmpty {
            problems = [ScenarioProblem(line: 1, column: 1, message: "expected a rule, got nothing")]
        }
        guard problems.isEmpty else { throw ScenarioProblems(problems) }
        return rules
    }
}

extension Desk {
    /// What rules may speak of.
    fileprivate var vocabulary: Vocabulary {
        get async throws(Problem) {
            do {
                return try await company.vocabulary
            } catch {
                throw Problem(
                    status: 500, type: "internal", title: "The fakes cannot say what they can do", detail: "\(error)")
            }
        }
    }

    fileprivate func scenario(_ inquiry: Inquiry) async throws(Problem) -> Scenario {
        var text = try await inquiry.text()
        // A name alone stands for one of the library.
        if let object = try? JSON(parsing: text).object, object.count == 1, let name = object["name"]?.string {
            guard let found = ScenarioLibrary.text(of: name) else {
                throw .unknown("scenario", name, known: ScenarioLibrary.all.map(\.name))
            }
            text = found
        }
        let vocabulary = try await vocabulary
        do throws(ScenarioProblems) {
            return try ScenarioReader(vocabulary: vocabulary).scenario(text)
        } catch {
            throw .scenario(error)
        }
    }

    fileprivate func inForce() async -> Reply {
        guard let scenario = await company.scenario else { return .json(["scenario": nil]) }
        return .json([
            "scenario": scenario.json, "running": .seconds(await company.scenarioTime ?? .zero),
            "rules": await rulesInForce(),
        ])
    }

    fileprivate func rulesInForce() async -> JSON {
        let counts = await company.ruleCounts()
        let rules = await company.scenario?.rules ?? []
        return .array(
            zip(rules, counts).map { rule, count in
                [
                    "name": .string(rule.name), "on": .string(rule.on.description),
                    "effects": .array(rule.effects.map { .string("\($0.word) \($0.summary)") }),
                    "matched": .int(count.matched), "acted": .int(count.acted),
                ]
            })
    }
}
