internal import YAMLNodes

/// What a toxic of Toxiproxy says in our words, by where it stands.
struct Toxic {
    /// To an answer, or to messages.
    var downstream: [Effect]
    /// To all that a connection sends.
    var ofConnection: [Effect]
    /// To all that it receives.
    var upstream: [Effect]

    /// The same of each.
    init(_ effect: Effect, ofConnection: Effect? = nil) {
        downstream = [effect]
        self.ofConnection = [ofConnection ?? effect]
        upstream = [.upstream(ofConnection ?? effect)]
    }

    init(_ downstream: [Effect], ofConnection: [Effect], upstream: [Effect]) {
        self.downstream = downstream
        self.ofConnection = ofConnection
        self.upstream = upstream
    }
}

extension EffectAlias {
    /// Whether Toxiproxy has the word.
    var isToxic: Bool {
        switch self {
        case .latency, .bandwidth, .slowClose, .timeout, .resetPeer, .slicer, .limitData: true
        case .fault, .fixedDelayMilliseconds, .delayDistribution, .chunkedDribbleDelay: false
        }
    }
}

// Toxiproxy 2.12, "Toxics" in its README.
extension PartReader {
    func toxic(_ alias: EffectAlias, _ node: YAMLNode) -> Toxic? {
        let name = alias.rawValue
        switch alias {
        case .latency:
            guard let given = numbers(node, ["latency"], ["jitter"], of: name) else { return nil }
            let (latency, jitter) = (Duration.milliseconds(given[0]), Duration.milliseconds(given[1]))
            let spread = Distribution.uniform(max(.zero, latency - jitter), min(latency + jitter, Distribution.longest))
            let later = jitter == .zero ? Distribution.fixed(latency) : spread
            return Toxic(.delay(.head, later), ofConnection: .delay(.chunk, later))
        case .bandwidth:
            guard let given = numbers(node, ["rate"], of: name, upTo: Self.mostOfToxic) else { return nil }
            guard given[0] > 0 else {
                log.expected("a rate over 0", at: node)
                return nil
            }
            return Toxic(.throttle(bytesPerSecond: given[0] * 1000))
        case .slowClose:
            return numbers(node, ["delay"], of: name).map { Toxic(.delay(.close, .fixed(.milliseconds($0[0])))) }
        case .timeout: return numbers(node, ["timeout"], of: name).map { silence(for: $0[0], then: .close) }
        case .resetPeer: return numbers(node, ["timeout"], of: name).map { silence(for: $0[0], then: .reset) }
        case .slicer:
            let names = ["size_variation", "delay"]
            guard let given = numbers(node, ["average_size"], names, of: name, upTo: Self.mostOfToxic) else {
                return nil
            }
            let bytes = max(1, given[0])
            return Toxic(.slice(bytes: bytes, variation: min(given[1], bytes), gap: .fixed(.microseconds(given[2]))))
        case .limitData:
            return numbers(node, ["bytes"], of: name, upTo: Self.mostOfToxic).map {
                Toxic(.drop(Drop(.close, afterBytes: $0[0])))
            }
        default: return nil
        }
    }

    /// Nothing gets through, and after some milliseconds the connection ends; with 0 a reset comes at once, a close never.
    private func silence(for milliseconds: Int, then manner: Drop.Manner) -> Toxic {
        guard milliseconds > 0 else {
            let whole = Effect.drop(Drop(manner == .close ? .hang : .reset))
            let answers = manner == .close ? Effect.drop(Drop(.hang, afterBytes: 0)) : whole
            return Toxic([whole], ofConnection: [answers], upstream: [manner == .close ? .upstream(whole) : whole])
        }
        let time = Duration.milliseconds(milliseconds)
        let end = Effect.drop(Drop(manner, afterTime: time))
        return Toxic(
            [.delay(.head, .fixed(time)), .drop(Drop(manner))],
            ofConnection: [.drop(Drop(.hang, afterBytes: 0)), end],
            upstream: [.upstream(.drop(Drop(.hang))), .upstream(end)])
    }
}
