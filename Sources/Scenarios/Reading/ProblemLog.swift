internal import Words
internal import YAMLNodes

/// Gathers what is wrong with a document, so that all of it can be told at once.
final class ProblemLog {
    /// A file with more problems than this has one: it is no scenario.
    static let most = 100

    private let file: String
    private var problems: [ScenarioProblem] = []

    init(file: String) {
        self.file = file
    }

    var count: Int { problems.count }

    func add(_ message: String, at mark: YAMLMark) {
        guard problems.count < Self.most else { return }
        let problem = ScenarioProblem(file: file, line: mark.line, column: mark.column, message: message)
        // An alias brings the same node, with the same fault, more than once.
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// `expected …, got …`.
    func expected(_ what: String, at node: YAMLNode) {
        add("expected \(what), got \(node.gist)", at: node.mark)
    }

    /// `unknown … "…": did you mean "…"?`
    func unknown(_ what: String, _ word: String, among words: [String], at mark: YAMLMark) {
        add("unknown \(what) \"\(word.clipped)\": \(advice(for: word, among: words))", at: mark)
    }

    /// Throws if there is something to tell.
    func check() throws(ScenarioProblems) {
        guard !problems.isEmpty else { return }
        // Some are found late: those of a rule's sense, after those of its spelling.
        let sorted = problems.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset)
                < (right.element.line, right.element.column, right.offset)
        }
        throw ScenarioProblems(sorted.map(\.element))
    }
}

extension YAMLNode {
    /// What it is, for a complaint about it.
    var gist: String {
        switch content {
        case .scalar(let scalar): scalar.isPlain && scalar.text.isEmpty ? "nothing" : "\"\(scalar.text.clipped)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension String {
    /// What fits into a message.
    var clipped: String { unicodeScalars.count <= 60 ? self : String(unicodeScalars.prefix(60)) + "…" }
}
