internal import Fakes

/// The node objects that the real server keeps between prompts, as far as anybody can tell: the random letters
/// in the temporary names of a PreviewImage.
struct NodeInstances {
    private struct Key: Hashable {
        let node: String
        let className: String
    }

    private let environment: FakeEnvironment
    private var letters: [Key: String] = [:]
    private var made = 0

    init(environment: FakeEnvironment) { self.environment = environment }

    /// The letters of a node, drawn when it first asks.
    mutating func letters(for node: String, of className: String) -> String {
        let key = Key(node: node, className: className)
        if let known = letters[key] { return known }
        var random = environment.random("instance", node, String(made))
        made += 1
        let drawn = String(decoding: (0..<5).map { _ in UInt8.random(in: 97...122, using: &random) }, as: UTF8.self)
        letters[key] = drawn
        return drawn
    }

    /// A new prompt: only its own nodes keep their objects.
    mutating func keep(_ graph: PromptGraph) {
        letters = letters.filter { graph.className($0.key.node) == $0.key.className }
    }

    /// Forgets all objects (`POST /free`).
    mutating func clear() { letters = [:] }
}
