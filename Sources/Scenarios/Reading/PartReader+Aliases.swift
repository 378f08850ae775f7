internal import Glibc
internal import YAMLNodes

extension PartReader {
    private static let longestMilliseconds = 3_600_000
    private static let mostBytes = 1_000_000_000

    /// What an alias says in our words.
    func effects(_ alias: EffectAlias, _ mark: YAMLMark, _ node: YAMLNode) -> [LocatedEffect] {
        read(alias, node).map { LocatedEffect(effect: $0, mark: mark) }
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
        case .latency:
            guard let given = numbers(node, ["latency"], ["jitter"], of: name) else { return [] }
            let (latency, jitter) = (Duration.milliseconds(given[0]), Duration.milliseconds(given[1]))
            let spread = Distribution.uniform(max(.zero, latency - jitter), min(latency + jitter, Distribution.longest))
            return [.delay(.head, jitter == .zero ? .fixed(latency) : spread)]
        case .bandwidth:
            guard let given = numbers(node, ["rate"], of: name, upTo: Self.mostBytes) else { return [] }
            guard given[0] > 0 else {
                log.expected("a rate over 0", at: node)
                return []
            }
            return [.throttle(bytesPerSecond: given[0] * 1000)]
        case .slowClose:
            return numbers(node, ["delay"], of: name).map { [.delay(.close, .fixed(.milliseconds($0[0])))] } ?? []
        case .timeout, .resetPeer:
            guard let given = numbers(node, ["timeout"], of: name) else { return [] }
            if alias == .timeout, given[0] == 0 { return [.drop(Drop(.hang))] }
            let drop = Effect.drop(Drop(alias == .timeout ? .close : .reset))
            return given[0] == 0 ? [drop] : [.delay(.head, .fixed(.milliseconds(given[0]))), drop]
        case .slicer:
            guard
                let given = numbers(
                    node, ["average_size"], ["size_variation", "delay"], of: name, upTo: Self.mostBytes)
            else { return [] }
            let bytes = max(1, given[0])
            return [.slice(bytes: bytes, variation: min(given[1], bytes), gap: .fixed(.microseconds(given[2])))]
        case .limitData:
            return numbers(node, ["bytes"], of: name, upTo: Self.mostBytes).map {
                [.drop(Drop(.close, afterBytes: $0[0]))]
            } ?? []
        }
    }

    /// The numbers of a mapping, those that may be missing being 0.
    private func numbers(
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
