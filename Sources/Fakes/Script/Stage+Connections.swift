internal import Journal
internal import Scenarios
internal import SocketServer

/// Connections as they come and go.
extension Stage: ConnectionWatch {
    func accepted(_ connection: UInt64, from peer: SocketAddress, at local: SocketAddress) -> Admission {
        opened(connection)
        record(.accepted(peer: peer.description, local: local.description), connection)
        var admission = Admission.proceed
        if let (limit, rule) = connectionLimit, connections.count > limit {
            note("limit", "more than \(limit) connections", rule, connection)
            endings[connection] = rule
            admission.ending = .close
            return admission
        }
        for cue in playConnection(connection) {
            let before = admission.ending
            for effect in cue.effects { admit(effect, cue, connection, &admission) }
            if admission.ending != before || admission.faults.contains(where: \.isEnding) {
                endings[connection] = cue.rule
            }
        }
        return admission
    }

    private func admit(_ effect: Effect, _ cue: Cue, _ connection: UInt64, _ admission: inout Admission) {
        note(effect.word, effect.summary, cue.rule, connection)
        switch effect {
        case .delay(.close, _), .delay(.chunk, _), .throttle, .slice:
            if let fault = WireFault(effect, cue.random) { admission.faults.append(fault) }
        case .upstream(let effect):
            if let fault = WireFault(effect, cue.random) { admission.faults.append(.upstream(fault)) }
        case .delay(_, let distribution):
            var random = cue.random
            admission.delay = (admission.delay ?? .zero) + distribution.sample(&random)
        case .limit(let limit):
            if connections.count > limit { admission.ending = admission.ending ?? .close }
        case .refuse:
            guard let downfall = Downfall(cue) else { break }
            fall(downfall)
            admission.ending = .hang
        case .set(let changes): set(changes)
        case .drop(let drop):
            if let fault = WireFault(drop) {
                admission.faults.append(fault)
            } else {
                admission.ending = admission.ending ?? Admission.Ending(drop.manner)
            }
        default: break
        }
    }

    func secured(_ connection: UInt64, protocol version: String, alpn: String?) {
        record(.secured(version: version, alpn: alpn), connection)
    }

    func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?) {
        record(.refused(fault: "\(fault)", status: status), connection)
    }

    func closed(_ connection: UInt64, _ end: ConnectionEnd) {
        closed(connection)
        var record = ClosedRecord(end)
        let rule = endings.removeValue(forKey: connection)
        if record.by == .server { record.rule = rule }
        self.record(.closed(record), connection)
    }

    func note(_ word: String, _ detail: String, _ rule: String, _ connection: UInt64 = 0) {
        record(.effect(EffectRecord(rule: rule, effect: word, detail: detail)), connection)
    }
}

extension WireFault {
    /// Whether the connection ends by it.
    fileprivate var isEnding: Bool {
        switch self {
        case .cut, .expiry: true
        case .upstream(let fault): fault.isEnding
        default: false
        }
    }

    /// What an effect of transfer is on the wire; nil for any other.
    fileprivate init?(_ effect: Effect, _ random: SeededRandom) {
        switch effect {
        case .delay(.close, let distribution):
            var random = random
            self = .closeDelay(distribution.sample(&random))
        case .delay(_, let distribution):
            let draw = Draw(distribution, random)
            self = .latency { draw.next() }
        case .throttle(let rate): self = .throttle(bytesPerSecond: rate)
        case .slice(let bytes, let variation, let gap): self = .slice(bytes, variation, gap, random)
        case .drop(let drop):
            guard let ending = WireEnding(drop.manner) else { return nil }
            self = WireFault(drop) ?? .cut(afterBytes: 0, ending)
        default: return nil
        }
    }
}

extension Admission.Ending {
    fileprivate init(_ manner: Drop.Manner) {
        switch manner {
        case .reset: self = .reset
        case .close, .halfClose, .closeFrame: self = .close
        case .hang: self = .hang
        }
    }
}

extension ClosedRecord {
    fileprivate init(_ end: ConnectionEnd) {
        let how: Manner =
            switch end.how {
            case .fin: .fin
            case .reset: .reset
            case .timeout: .timeout
            }
        switch end.by {
        case .client: self.init(by: .client, how: how, received: end.received, sent: end.sent)
        case .server: self.init(by: .server, how: how, received: end.received, sent: end.sent)
        case .network(let error):
            self.init(by: .network, how: how, detail: error, received: end.received, sent: end.sent)
        }
    }
}
