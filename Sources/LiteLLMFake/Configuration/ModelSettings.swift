internal import JSONTree

/// What one model says, and how fast, where that is not what all others do.
///
/// ```yaml
/// models:
///   gpt-4o: { profile: large }
///   claude-*: { answers: echo, first_token: 300ms }
/// ```
public struct ModelSettings: Sendable, Equatable {
    /// The name by which clients ask for it, or the upstream's; a star stands for the rest.
    public var name: String
    public var answers: Answers?
    public var pacing: Pacing?

    /// Reads one entry.
    ///
    /// - Parameter other: the pace of all models, of which it may change a part.
    init(_ name: String, _ tree: JSON, at place: String, else other: Pacing) throws(ConfigurationError) {
        self.name = name
        let fields = try ConfigurationError.fields(of: tree, at: place, known: ["answers"] + Pacing.fields)
        answers = try fields["answers"].map { (tree) throws(ConfigurationError) in
            try Answers(tree, at: place + ".answers")
        }
        if Pacing.fields.contains(where: { fields[$0] != nil }) {
            pacing = try Pacing(fields, at: place, else: other)
        }
    }
}

extension LiteLLMConfiguration {
    /// What a model says, by the name by which clients ask for it or else by the upstream's.
    func answers(of name: String, or other: String? = nil) -> Answers {
        settings(of: name, or: other) { $0.answers } ?? answers
    }

    /// How fast a model is.
    func pacing(of name: String, or other: String? = nil) -> Pacing {
        settings(of: name, or: other) { $0.pacing } ?? pacing
    }

    /// The first entry that has something to say of a model by one of its names.
    private func settings<Value>(
        of name: String, or other: String?, _ value: (ModelSettings) -> Value?
    ) -> Value? {
        for entry in models where entry.name.standsFor(name) || other.map({ entry.name.standsFor($0) }) == true {
            if let value = value(entry) { return value }
        }
        return nil
    }
}
