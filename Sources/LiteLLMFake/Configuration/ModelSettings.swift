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

    func fits(_ asked: String) -> Bool {
        guard let star = name.firstIndex(of: "*") else { return name == asked }
        let (head, tail) = (name[..<star], name[name.index(after: star)...])
        return asked.utf8.count >= head.utf8.count + tail.utf8.count && asked.hasPrefix(head) && asked.hasSuffix(tail)
    }
}

extension LiteLLMConfiguration {
    /// What a model says.
    func answers(of names: [String]) -> Answers {
        settings(of: names) { $0.answers } ?? answers
    }

    /// How fast a model is.
    func pacing(of names: [String]) -> Pacing {
        settings(of: names) { $0.pacing } ?? pacing
    }

    /// The first entry that has something to say of a model by one of its names.
    private func settings<Value>(of names: [String], _ value: (ModelSettings) -> Value?) -> Value? {
        for entry in models where names.contains(where: { entry.fits($0) }) {
            if let value = value(entry) { return value }
        }
        return nil
    }
}
