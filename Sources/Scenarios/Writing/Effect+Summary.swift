internal import JSONTree
internal import Words

extension Effect: CustomStringConvertible {
    /// What it does in plain English, for journals and reports: `reset after 512 bytes`, `1s later`.
    public var summary: String {
        switch self {
        case .delay(let point, let distribution): "\(point.noun) \(distribution) later"
        case .throttle(let rate): "no more than \(ByteCount.spelled(rate)) a second"
        case .slice(let bytes, let variation, let gap):
            "in pieces of \(bytes.of("byte"))" + (variation > 0 ? " ± \(variation)" : "")
                + (gap == .fixed(.zero) ? "" : ", \(gap) between them")
        case .dribble(let pieces, let time): "in \(pieces.of("piece")) over \(time.spelled)"
        case .drop(let drop): drop.summary
        case .upstream(let effect): "what the client sends: \(effect.summary)"
        case .refuse(let duration): "the port is closed" + (duration.map { " for \($0.spelled)" } ?? "")
        case .state(let kept): kept ? "its state is kept" : "its state is lost"
        case .limit(let connections): "no more than \(connections.of("connection")) at once"
        case .quota(let quota): quota.summary
        case .error(let use): use.summary
        case .respond(let response):
            "answered with \(response.status)" + (response.body?.summary.prefixed(" and ") ?? "")
        case .interim(let status): "\(status) before the answer"
        case .corrupt(let corruption): corruption.summary
        case .duplicate(let times): "sent \(times == 1 ? "once" : "\(times) times") more"
        case .skip: "left out"
        case .reorder(let after): "sent after \(after == 1 ? "the next message" : "the next \(after) messages")"
        case .misdeliver: "sent to another client"
        case .send(let message, let times): "\(message.summary) sent unasked" + (times == 1 ? "" : " \(times) times")
        case .edit(let edits): edits.map(\.summary).joined(separator: ", ")
        case .set(let changes): changes.map { "\($0.key) becomes \($0.value)" }.joined(separator: ", ")
        }
    }

    public var description: String { summary }
}

extension Distribution: CustomStringConvertible {
    /// `200ms`, `100ms to 300ms`, `about 1s (p99 4s)`.
    public var description: String {
        switch self {
        case .fixed(let duration): duration.spelled
        case .uniform(let low, let high): "\(low.spelled) to \(high.spelled)"
        case .normal(let mean, let deviation): "\(mean.spelled) ± \(deviation.spelled)"
        case .lognormal(let median, let p99): "about \(median.spelled) (p99 \(p99.spelled))"
        case .exponential(let mean): "on average \(mean.spelled)"
        }
    }
}

extension DelayPoint {
    fileprivate var noun: String {
        switch self {
        case .head: "the answer"
        case .chunk: "each chunk"
        case .firstToken: "the first token"
        case .betweenTokens: "each later token"
        case .step: "each step"
        case .handshake: "the handshake"
        case .pong: "the pong"
        case .close: "the close"
        }
    }
}

extension Drop {
    fileprivate var summary: String {
        let how =
            switch manner {
            case .reset: "reset"
            case .close: "closed"
            case .halfClose: "half closed"
            case .hang: "silent"
            case .closeFrame: "close frame" + (code.map { " \($0)" } ?? "") + (reason.isEmpty ? "" : " \"\(reason)\"")
            }
        if let afterBytes { return "\(how) after \(afterBytes.of("byte"))" }
        if let afterTime { return "\(how) after \(afterTime.spelled)" }
        return how + (afterMessages.map { " after \($0.of("message"))" } ?? "")
    }
}

extension Quota {
    fileprivate var summary: String {
        let noun = String(unit.rawValue.dropLast())
        return "\(amount.of(noun)) per \(per.spelled)" + (error.map { ", then \($0)" } ?? "")
    }
}

extension NativeErrorUse {
    fileprivate var summary: String {
        name + (afterMessages.map { " after \($0.of("message"))" } ?? "")
            + (retryAfter.map { ", retry after \($0.spelled)" } ?? "")
    }
}

extension Message {
    fileprivate var summary: String {
        switch self {
        case .text(let text): "a text of \(text.utf8.count.of("byte"))"
        case .json(let value): "JSON of \(value.bytes().count.of("byte"))"
        case .binary(let bytes): bytes.count.of("byte")
        }
    }
}

extension Edit {
    fileprivate var summary: String {
        value.map { "\(pointer) becomes \($0)".clipped } ?? "\(pointer) is gone".clipped
    }
}

extension Corruption {
    fileprivate var summary: String {
        let name = kind.rawValue.replacing("_", with: " ")
        guard kind.hasAmount else { return name }
        let amount = amount ?? kind.usualAmount
        switch kind {
        case .truncatedBody, .badChunk: return self.amount.map { "\(name) after \($0.of("byte"))" } ?? name
        case .wrongContentLength: return "\(name), by \(amount)"
        case .retry: return "\(name) of \(amount) ms"
        case .comments: return amount.of("comment")
        case .pingFlood: return amount.of("ping")
        default: return "\(name) of \(amount.of("byte"))"
        }
    }
}

extension Int {
    /// `1 byte`, `512 bytes`.
    fileprivate func of(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension String {
    fileprivate func prefixed(_ prefix: String) -> String { prefix + self }
}
