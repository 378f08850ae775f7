public import Scenarios

/// Where a scenario comes from: a ``Scenarios/Scenario``, or a text.
///
/// A text is the name of a scenario of the library (`busy-gpu`), a rule on one line
/// (`litellm POST /v1/chat/completions: error rate_limit, first 3`), or a file in YAML or JSON.
public protocol ScenarioSource: Sendable {
    /// - Throws: `ScenarioProblems` with all that is wrong with it.
    func scenario(speaking vocabulary: Vocabulary) throws -> Scenario
}

extension Scenario: ScenarioSource {
    public func scenario(speaking vocabulary: Vocabulary) throws -> Scenario { self }
}

extension String: ScenarioSource {
    public func scenario(speaking vocabulary: Vocabulary) throws -> Scenario {
        let reader = ScenarioReader(vocabulary: vocabulary)
        if let text = ScenarioLibrary.text(of: self) { return try reader.scenario(text) }
        let isLine = !contains("\n") && !hasPrefix("{")
        guard isLine else { return try reader.scenario(self) }
        guard contains(":") else { throw UnknownScenario(name: self) }
        return Scenario(name: "line", rules: [try reader.rule(line: self)])
    }
}

/// There is no scenario of this name in the library.
public struct UnknownScenario: Error, CustomStringConvertible {
    public let name: String
    public var description: String {
        "no scenario \"\(name)\": expected one of \(ScenarioLibrary.all.map(\.name).joined(separator: ", "))"
    }
}
