/// Something wrong with a scenario: where, what was expected and what came.
public struct ScenarioProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file as its user named it; empty for what came another way.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// In characters, counted from 1.
    public var column: Int
    /// A phrase without a full stop: `unknown effect "dely": did you mean "delay"?`.
    public var message: String

    public init(file: String = "", line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `busy.yaml:12:9: unknown effect …`, as compilers and editors write it.
    public var description: String { (file.isEmpty ? "" : file + ":") + "\(line):\(column): \(message)" }
}

/// All that is wrong with a scenario, in the order of the file. Nothing of it has been applied.
public struct ScenarioProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one.
    public var problems: [ScenarioProblem]

    public init(_ problems: [ScenarioProblem]) {
        self.problems = problems
    }

    /// One line for each.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
