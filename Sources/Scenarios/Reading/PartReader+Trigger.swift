internal import YAMLNodes

extension PartReader {
    static let triggerWords = [
        "nth", "first", "after", "every", "times", "probability", "at", "for", "per",
    ]
    /// `at` and `for` may reach further than a delay.
    private static let longestTime = Duration.seconds(7 * 24 * 3600)

    /// `when`: its trigger, and its conditions.
    func trigger(_ node: YAMLNode) -> (Trigger, [Condition]) {
        guard let fields = fields(node, Self.triggerWords + Self.conditionWords, of: "when") else {
            return (.always, [])
        }
        var trigger = Trigger()
        if let node = fields["nth"] {
            trigger.nth = (node.sequence ?? [node]).compactMap { count($0, of: "nth") }
            if node.sequence?.isEmpty == true { log.expected("a count or a list of counts for nth", at: node) }
        }
        trigger.first = fields["first"].flatMap { count($0, of: "first") }
        trigger.after = fields["after"].flatMap { count($0, of: "after") }
        trigger.every = fields["every"].flatMap { count($0, of: "every") }
        trigger.times = fields["times"].flatMap { count($0, of: "times") }
        trigger.at = fields["at"].flatMap { duration($0, of: "at", upTo: Self.longestTime) }
        trigger.lasting = fields["for"].flatMap {
            duration($0, of: "for", atLeast: .milliseconds(1), upTo: Self.longestTime)
        }
        trigger.per = fields["per"].flatMap { word($0, of: "per") } ?? .fake
        trigger.probability = fields["probability"].flatMap { probability($0, of: "probability") }
        if !trigger.canAct {
            log.add("these counts are never met together, so that the rule could never act", at: node.mark)
        }
        return (trigger, conditions(node))
    }

    func probability(_ node: YAMLNode, of what: String) -> Double? {
        guard let value = decimal(node, of: what) else { return nil }
        guard value > 0, value <= 1 else {
            log.expected("a \(what) over 0 and up to 1, such as 0.2", at: node)
            return nil
        }
        return value
    }

    private func count(_ node: YAMLNode, of what: String) -> Int? {
        number(node, 1...1_000_000_000, of: what)
    }
}

extension Trigger {
    func with(_ probability: Double?) -> Trigger {
        var trigger = self
        trigger.probability = trigger.probability ?? probability
        return trigger
    }

    /// Whether there is a count that it wants.
    var canAct: Bool {
        if !nth.isEmpty { return nth.contains { wants(count: $0) } }
        guard let first else { return true }
        return (after ?? 0) + (every ?? 1) <= first
    }
}
