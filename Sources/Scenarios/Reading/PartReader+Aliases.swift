internal import Glibc
internal import YAMLNodes

extension PartReader {
    private static let longestMilliseconds = 3_600_000
    static let mostOfToxic = 1_000_000_000

    /// What an alias says in our words.
    func effects(_ alias: EffectAlias, _ mark: YAMLMark, _ node: YAMLNode) -> [LocatedEffect] {
        guard alias.isToxic else { return read(alias, node).map { LocatedEffect(effect: $0, mark: mark) } }
        guard node.mapping != nil else {
            log.expected("a mapping with the attributes of \(alias.rawValue)", at: node)
            return []
        }
        let stream: ToxicStream? = node["stream"].map { word($0, of: "stream") } ?? .downstream
        let toxicity = node["toxicity"].flatMap { probability($0, of: "toxicity") }
        // Where it is from is taken away, what is left are its attributes.
        let attributes = node.without(["stream", "toxicity"])
        guard let stream, let toxic = toxic(alias, attributes) else { return [] }
        let effects = stream == .upstream ? toxic.upstream : toxic.downstream
        return effects.enumerated().map { place, effect in
            LocatedEffect(
                effect: effect, mark: mark,
                // One for all: what a connection gets may be more or fewer.
                ofConnection: stream == .upstream ? nil : place == 0 ? toxic.ofConnection : [], toxicity: toxicity)
        }
    }

    private enum ToxicStream: String, CaseIterable {
        case downstream, upstream
    }

    private func read(_ alias: EffectAlias, _ node: YAMLNode) -> [Effect] {
        let name = alias.rawValue
        switch alias {
        case .fault:
            let fault: WireMockFault? = word(node, of: name)
            return fault.map { [$0.effect] } ?? []
        case .fixedDelayMilliseconds: return milliseconds(node, of: name).map { [.delay(.head, .fixed($0))] } ?? []
        case .delayDistribution: return shape(node).map { [.delay(.head, $0)] } ?? []
        case .chunkedDribbleDelay:
            guard let given = numbers(node, ["numberOfChunks", "totalDuration"], of: name) else { return [] }
            guard (1...10_000).contains(given[0]) else {
                log.add("expected 1 to 10000 for numberOfChunks, got \(given[0])", at: node.mark)
                return []
            }
            return [.dribble(pieces: given[0], over: .milliseconds(given[1]))]
        default: return []
        }
    }

    /// The numbers of a mapping, those that may be missing being 0.
    func numbers(
        _ node: YAMLNode, _ needed: [String], _ possible: [String] = [], of what: String,
        upTo most: Int = Self.longestMilliseconds
    ) -> [Int]? {
        guard let fields = fields(node, needed + possible, of: what) else { return nil }
        var numbers: [Int] = []
        for name in needed + possible {
            guard let field = fields[name] else {
                guard possible.contains(name) else {
                    log.add("\(what) needs \(name)", at: node.mark)
                    return nil
                }
                numbers.append(0)
                continue
            }
            guard let number = number(field, 0...most, of: name) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private func milliseconds(_ node: YAMLNode, of what: String) -> Duration? {
        guard let number = decimal(node, of: what) else { return nil }
        guard number >= 0, number <= Double(Self.longestMilliseconds) else {
            log.expected("0 to 3600000 milliseconds for \(what)", at: node)
            return nil
        }
        return .microseconds(Int64((number * 1000).rounded()))
    }

    /// WireMock's distributions.
    private func shape(_ node: YAMLNode) -> Distribution? {
        let parts = ["lognormal": ["median", "sigma"], "uniform": ["lower", "upper"], "fixed": ["milliseconds"]]
        guard node.mapping != nil else {
            log.expected("a mapping with type for delayDistribution", at: node)
            return nil
        }
        guard let type = node["type"], let name = text(type, of: "type") else {
            log.add(
                "delayDistribution needs type: one of \(parts.keys.sorted().joined(separator: ", "))", at: node.mark)
            return nil
        }
        guard let names = parts[name] else {
            log.unknown("type", name, among: parts.keys.sorted(), at: type.mark)
            return nil
        }
        guard let fields = fields(node, ["type"] + names, of: "delayDistribution") else { return nil }
        let given = names.compactMap { name in fields[name] }
        guard given.count == names.count else {
            log.add("\(name) needs \(names.joined(separator: " and "))", at: node.mark)
            return nil
        }
        guard let first = milliseconds(given[0], of: names[0]) else { return nil }
        switch name {
        case "fixed": return .fixed(first)
        case "uniform":
            guard let second = milliseconds(given[1], of: names[1]) else { return nil }
            if second < first { log.add("expected lower first, got an upper below it", at: node.mark) }
            return second < first ? nil : .uniform(first, second)
        default:
            guard let sigma = decimal(given[1], of: "sigma") else { return nil }
            let p99 = first.seconds * exp(2.326_347_874 * sigma)
            guard first > .zero, sigma >= 0, p99 <= Distribution.longest.seconds else {
                log.add("expected a median over 0 and a sigma that does not lead beyond an hour", at: node.mark)
                return nil
            }
            return .lognormal(median: first, p99: .nanoseconds(Int64((p99 * 1e9).rounded())))
        }
    }
}

extension YAMLNode {
    /// A mapping without these members.
    fileprivate func without(_ names: Set<String>) -> YAMLNode {
        guard let mapping else { return self }
        let left = mapping.filter { !names.contains($0.key.scalar?.text ?? "") }
        return YAMLNode(content: .mapping(left), mark: mark)
    }
}
