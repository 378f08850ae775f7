/// The scenarios that come with the suite: each a file that can be shown, copied and changed.
public enum ScenarioLibrary {
    /// One of them.
    public struct Entry: Sendable {
        /// `busy-gpu`.
        public let name: String
        /// What it is for, in a sentence.
        public let summary: String
        private let seed: UInt64?
        private let rules: String

        init(_ name: String, _ summary: String, seed: UInt64? = nil, rules: String) {
            self.name = name
            self.summary = summary
            self.seed = seed
            self.rules = rules
        }

        /// The file.
        public var text: String {
            """
            version: 1
            scenario: \(name)
            summary: \(summary)
            \(seed.map { "seed: \($0)\n" } ?? "")rules:
            \(rules)

            """
        }
    }

    /// All of them, in the order in which to tell of them.
    public static let all: [Entry] = work + keys + network + lives + messages + [chaos]

    /// The file of one, nil if there is none of that name.
    public static func text(of name: String) -> String? {
        all.first { $0.name == name }?.text
    }
}
