internal import JSONTree
internal import YAMLNodes

/// An effect with the place of its word, for complaints about whether it makes sense.
struct LocatedEffect {
    var effect: Effect
    var mark: YAMLMark
    /// What another tool's word means instead, where the rule is about connections.
    var ofConnection: [Effect]?
    /// The probability with which another tool has it act.
    var toxicity: Double?
}

extension PartReader {
    /// How much of one thing an effect may make.
    private static let mostBytes = 64_000_000
    static let mostTimes = 10_000

    /// What stands behind the word of an effect. A list stands for several of the same word.
    func effects(_ word: EffectWord, _ mark: YAMLMark, _ node: YAMLNode) -> [LocatedEffect] {
        if let nodes = node.sequence {
            if nodes.isEmpty { log.expected("an effect for \(word.rawValue)", at: node) }
            return nodes.flatMap { effect(word, $0) }.map { LocatedEffect(effect: $0, mark: mark) }
        }
        return effect(word, node).map { LocatedEffect(effect: $0, mark: mark) }
    }

    private func effect(_ word: EffectWord, _ node: YAMLNode) -> [Effect] {
        switch word {
        case .delay: return delay(node)
        case .throttle: return one(rate(node).map { .throttle(bytesPerSecond: $0) })
        case .slice: return one(slice(node))
        case .dribble: return one(dribble(node))
        case .drop: return one(drop(node).map { .drop($0) })
        case .upstream: return upstream(node)
        case .refuse:
            if node.scalar?.truth == true { return [.refuse(nil)] }
            return one(duration(node, of: "refuse").map { .refuse($0) })
        case .state:
            let kept: Kept? = self.word(node, of: "state")
            return one(kept.map { .state(kept: $0 == .kept) })
        case .limit: return one(limit(node))
        case .quota: return one(quota(node).map { .quota($0) })
        case .error: return one(error(node))
        case .respond: return one(response(node).map { .respond($0) })
        case .interim:
            guard let status = number(node, 100...199, of: "interim") else { return [] }
            if status == 101 { log.expected("an interim status other than 101, which ends HTTP", at: node) }
            return [.interim(status: status)]
        case .corrupt: return corrupt(node).map { .corrupt($0) }
        case .duplicate:
            if node.scalar?.truth == true { return [.duplicate(1)] }
            return one(number(node, 1...Self.mostTimes, of: "duplicate").map { .duplicate($0) })
        case .skip: return expectTrue(node, of: "skip") ? [.skip] : []
        case .reorder:
            if node.scalar?.truth == true { return [.reorder(after: 1)] }
            return one(number(node, 1...Self.mostTimes, of: "reorder").map { .reorder(after: $0) })
        case .misdeliver: return expectTrue(node, of: "misdeliver") ? [.misdeliver] : []
        case .send: return one(send(node))
        case .edit: return one(edits(node).map { .edit($0) })
        case .set:
            guard node.mapping?.isEmpty == false, case .object(let changes)? = json(node) else {
                if node.mapping?.isEmpty != false { log.expected("names of state with their values for set", at: node) }
                return []
            }
            return [.set(changes)]
        }
    }

    private enum Kept: String, CaseIterable {
        case kept, lost
    }

    private func one(_ effect: Effect?) -> [Effect] { effect.map { [$0] } ?? [] }

    // MARK: Transfer

    /// `200ms`, a distribution, or points with theirs.
    private func delay(_ node: YAMLNode) -> [Effect] {
        let names = node.mapping?.compactMap { $0.key.scalar?.text } ?? []
        guard !names.isEmpty, !names.contains(where: Distribution.shapes.contains) else {
            return one(distribution(node, of: "delay").map { .delay(.head, $0) })
        }
        return (members(node, of: "delay") ?? []).compactMap { key, name, value in
            guard let point = DelayPoint(rawValue: name) else {
                log.unknown(
                    "thing to delay", name, among: DelayPoint.allCases.map(\.rawValue) + Distribution.shapes, at: key.mark)
                return nil
            }
            return distribution(value, of: name).map { .delay(point, $0) }
        }
    }

    private func rate(_ node: YAMLNode) -> Int? {
        guard let rate = node.scalar.flatMap({ ByteCount.readRate($0.text) }), rate > 0, rate <= 1_000_000_000_000
        else {
            log.expected("a rate for throttle, such as 10KB/s", at: node)
            return nil
        }
        return rate
    }

    private func slice(_ node: YAMLNode) -> Effect? {
        if node.scalar != nil {
            return bytes(node, 1...Self.mostBytes, of: "slice").map { .slice(bytes: $0, gap: .fixed(.zero)) }
        }
        guard let fields = fields(node, ["bytes", "variation", "gap"], of: "slice") else { return nil }
        guard let size = fields["bytes"] else {
            log.add("slice needs bytes, the size of a piece", at: node.mark)
            return nil
        }
        let gap = fields["gap"].map { distribution($0, of: "gap") } ?? .fixed(.zero)
        guard let bytes = bytes(size, 1...Self.mostBytes, of: "bytes"), let gap else { return nil }
        guard let variation = fields["variation"] else { return .slice(bytes: bytes, gap: gap) }
        return self.bytes(variation, 0...bytes, of: "variation").map { .slice(bytes: bytes, variation: $0, gap: gap) }
    }

    private func dribble(_ node: YAMLNode) -> Effect? {
        guard let fields = fields(node, ["pieces", "over"], of: "dribble") else { return nil }
        guard let pieces = fields["pieces"], let over = fields["over"] else {
            log.add("dribble needs pieces and over, such as {pieces: 5, over: 2s}", at: node.mark)
            return nil
        }
        guard let pieces = number(pieces, 1...Self.mostTimes, of: "pieces"), let over = duration(over, of: "over")
        else {
            return nil
        }
        return .dribble(pieces: pieces, over: over)
    }

    /// `reset`, the code of a close frame, or a mapping.
    private func drop(_ node: YAMLNode) -> Drop? {
        if let scalar = node.scalar {
            if scalar.json.int != nil {
                return closeCode(node).map { Drop(.closeFrame, code: $0) }
            }
            let manner: Drop.Manner? = word(node, of: "way to drop")
            return manner.map { Drop($0) }
        }
        guard
            let fields = fields(node, ["how", "after_bytes", "after_messages", "after", "code", "reason"], of: "drop")
        else {
            return nil
        }
        guard fields["how"] != nil || fields["code"] != nil else {
            let manners = Drop.Manner.allCases.map(\.rawValue).joined(separator: ", ")
            log.add("drop needs how: one of \(manners)", at: node.mark)
            return nil
        }
        let manner: Drop.Manner? = fields["how"].map { word($0, of: "way to drop") } ?? .closeFrame
        guard let manner else { return nil }
        var drop = Drop(manner)
        drop.afterBytes = fields["after_bytes"].flatMap { bytes($0, 0...1_000_000_000_000, of: "after_bytes") }
        drop.afterMessages = fields["after_messages"].flatMap { number($0, 0...1_000_000_000, of: "after_messages") }
        drop.afterTime = fields["after"].flatMap { duration($0, of: "after", atLeast: .milliseconds(1)) }
        drop.code = fields["code"].flatMap { closeCode($0) }
        drop.reason = fields["reason"].flatMap { text($0, of: "reason") } ?? ""
        if let reason = fields["reason"], drop.reason.utf8.count > 123 {
            log.add("expected a reason of 123 bytes at most, for more does not fit into a frame", at: reason.mark)
        }
        for name in ["code", "reason"] where manner != .closeFrame {
            if let field = fields[name] { log.add("\(name) goes with how: close_frame only", at: field.mark) }
        }
        let measures = ["after_bytes", "after_messages", "after"].filter { fields[$0] != nil }
        if measures.count > 1 {
            log.add("expected one of \(measures.joined(separator: " or ")), got both", at: node.mark)
        }
        for name in ["after_bytes", "after"] where manner == .closeFrame {
            if let field = fields[name] {
                log.add(
                    "a close frame does not come \(name.replacing("_", with: " ")): say after_messages", at: field.mark)
            }
        }
        return drop
    }

    /// `{throttle: 10KB/s, drop: {how: reset, after_bytes: 100}}`, of what the client sends.
    private func upstream(_ node: YAMLNode) -> [Effect] {
        let words: [EffectWord] = [.delay, .throttle, .slice, .drop]
        let members = members(node, of: "upstream") ?? []
        if members.isEmpty, node.mapping != nil {
            log.expected("what happens upstream, such as {delay: 50ms}", at: node)
        }
        return members.flatMap { key, name, value -> [Effect] in
            guard let word = EffectWord(rawValue: name), words.contains(word) else {
                log.unknown("effect upstream", name, among: words.map(\.rawValue), at: key.mark)
                return []
            }
            return effect(word, value).compactMap { effect in
                switch effect {
                // Each piece as it comes.
                case .delay(.head, let distribution): return .upstream(.delay(.chunk, distribution))
                case .delay(let point, _) where point != .chunk && point != .close:
                    log.add(
                        "delay \(point.rawValue) is not of what a client sends: expected chunk or close", at: value.mark
                    )
                    return nil
                case .drop(let drop) where drop.afterMessages != nil || ![.reset, .close, .hang].contains(drop.manner):
                    log.expected("reset, close or hang, after_bytes or after a time, upstream", at: value)
                    return nil
                default: return .upstream(effect)
                }
            }
        }
    }

    private func closeCode(_ node: YAMLNode) -> Int? {
        number(node, 1000...4999, of: "the code of a close frame")
    }

    // MARK: Connections, quotas

    private func limit(_ node: YAMLNode) -> Effect? {
        guard node.mapping != nil else {
            return number(node, 0...1_000_000, of: "limit").map { .limit(connections: $0) }
        }
        guard let field = fields(node, ["connections"], of: "limit")?["connections"] else {
            log.add("limit needs connections, the most that may be open at once", at: node.mark)
            return nil
        }
        return number(field, 0...1_000_000, of: "connections").map { .limit(connections: $0) }
    }

    private func quota(_ node: YAMLNode) -> Quota? {
        guard let fields = fields(node, ["requests", "tokens", "per", "error"], of: "quota") else { return nil }
        let units = Quota.Unit.allCases.filter { fields[$0.rawValue] != nil }
        guard units.count == 1, let unit = units.first, let amount = fields[unit.rawValue], let per = fields["per"]
        else {
            log.add("expected requests or tokens, and per, such as {requests: 3, per: 1m}", at: node.mark)
            return nil
        }
        let error = fields["error"].flatMap { field in
            name(field, of: "error").map { name in
                check(errorName: name, at: field.mark)
                return name
            }
        }
        guard let amount = number(amount, 0...1_000_000_000_000, of: unit.rawValue),
            let per = duration(per, of: "per", atLeast: .milliseconds(1), upTo: .seconds(24 * 3600))
        else { return nil }
        return Quota(unit: unit, amount: amount, per: per, error: error)
    }

    // MARK: Corruption

    /// A kind, or kinds with their amounts.
    private func corrupt(_ node: YAMLNode) -> [Corruption] {
        guard node.mapping != nil else {
            let kind: Corruption.Kind? = word(node, of: "corruption")
            return kind.map { [Corruption($0)] } ?? []
        }
        let members = members(node, of: "corrupt") ?? []
        if members.isEmpty { log.expected("a kind of corruption with its amount", at: node) }
        return members.compactMap { key, name, value in
            guard let kind = Corruption.Kind(rawValue: name) else {
                log.unknown("corruption", name, among: Corruption.Kind.allCases.map(\.rawValue), at: key.mark)
                return nil
            }
            if value.scalar?.truth == true { return Corruption(kind) }
            guard kind.hasAmount else {
                log.expected("true for \(name), which has no amount", at: value)
                return nil
            }
            return amount(value, of: kind).map { Corruption(kind, amount: $0) }
        }
    }

    private func amount(_ node: YAMLNode, of kind: Corruption.Kind) -> Int? {
        let name = kind.rawValue
        switch kind {
        case .wrongContentLength:
            guard let amount = number(node, -1_000_000_000...1_000_000_000, of: name) else { return nil }
            if amount == 0 { log.expected("a difference other than 0 for \(name)", at: node) }
            return amount
        case .retry: return duration(node, of: name).map { Int($0.seconds * 1000) }
        case .comments, .pingFlood: return number(node, 1...100_000, of: name)
        case .oversizedControl: return bytes(node, 126...1_000_000, of: name)
        case .truncatedBody, .badChunk: return bytes(node, 0...Self.mostBytes, of: name)
        default: return bytes(node, 1...Self.mostBytes, of: name)
        }
    }
}
