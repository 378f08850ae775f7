internal import JSONTree
internal import YAMLNodes

extension PartReader {
    /// One rule; its name is empty if it has none.
    func rule(_ node: YAMLNode) -> Rule? {
        if let scalar = node.scalar, scalar.json.string != nil {
            // In quotes, a rule of a file may stand on one line.
            return line(
                scalar.text, at: YAMLMark(line: node.mark.line, column: node.mark.column + (scalar.isPlain ? 0 : 1)))
        }
        let noted = log.count
        guard let members = members(node, of: "a rule") else { return nil }
        var name = ""
        var match: LocatedMatch?
        var hasMatch = false
        var trigger = Trigger.always
        var conditions: [Condition] = []
        var effects: [LocatedEffect] = []
        var hasEffects = false
        var hasUnknown = false
        for (key, field, value) in members {
            switch field {
            case "name": name = text(value, of: field) ?? ""
            case "on":
                match = self.match(value)
                hasMatch = true
            case "when": (trigger, conditions) = self.trigger(value)
            case "effects":
                effects += listed(value)
                hasEffects = true
            default:
                if let read = self.effects(named: field, key.mark, value) {
                    effects += read
                    hasEffects = true
                } else {
                    hasUnknown = true
                    log.unknown(
                        "field of a rule", field, among: ["name", "on", "when", "effects"] + Self.allWords, at: key.mark
                    )
                }
            }
        }
        if !hasMatch { log.add("a rule needs on: what it is about, such as \"comfyui POST /prompt\"", at: node.mark) }
        // A word that is not known may be meant for one.
        if !hasEffects && !hasUnknown || effects.isEmpty && log.count == noted {
            log.add("a rule needs an effect: one of \(Self.words.joined(separator: ", "))", at: node.mark)
        }
        guard var match, !effects.isEmpty else {
            // Whatever it is to do, it is about something.
            if let match { check(match, []) }
            return nil
        }
        match.match.conditions = Self.joined(match.match.conditions + conditions)
        return rule(name, match, trigger, effects, at: node.mark)
    }

    private func rule(
        _ name: String, _ match: LocatedMatch, _ trigger: Trigger, _ effects: [LocatedEffect], at mark: YAMLMark
    ) -> Rule {
        var match = match
        var effects = effects
        let trigger = trigger.with(toxicity(effects, trigger))
        if settle(&match, trigger, &effects) { check(match, trigger, effects) }
        return Rule(
            name: name, on: match.match, when: trigger, effects: effects.map(\.effect),
            place: SourcePlace(line: mark.line, column: mark.column))
    }

    /// The probability that a toxic brings for the whole rule.
    private func toxicity(_ effects: [LocatedEffect], _ trigger: Trigger) -> Double? {
        guard let first = effects.first(where: { $0.toxicity != nil }) else { return nil }
        if trigger.probability != nil {
            log.add("toxicity is the probability of the rule: expected one of them", at: first.mark)
        } else if let other = effects.first(where: { $0.toxicity != first.toxicity }) {
            log.add(
                "toxicity is the probability of the whole rule: give \(other.effect.gist) a rule of its own",
                at: other.mark)
        }
        return first.toxicity
    }

    /// The words of all effects.
    static let words = EffectWord.allCases.map(\.rawValue)
    /// And other tools' words for them.
    private static let allWords = words + EffectAlias.allCases.map(\.rawValue)

    /// What an effect's word and value say; nil if it is no word of an effect.
    private func effects(named name: String, _ mark: YAMLMark, _ value: YAMLNode) -> [LocatedEffect]? {
        if let word = EffectWord(rawValue: name) { return effects(word, mark, value) }
        return EffectAlias(rawValue: name).map { effects($0, mark, value) }
    }

    /// `effects: [{delay: 1s}, {drop: reset}]`, for who needs the same word twice.
    private func listed(_ node: YAMLNode) -> [LocatedEffect] {
        guard let nodes = node.sequence, !nodes.isEmpty else {
            log.expected("a list of effects", at: node)
            return []
        }
        return nodes.flatMap { node -> [LocatedEffect] in
            (members(node, of: "an effect") ?? []).flatMap { key, name, value -> [LocatedEffect] in
                if let read = effects(named: name, key.mark, value) { return read }
                log.unknown("effect", name, among: Self.allWords, at: key.mark)
                return []
            }
        }
    }
}
