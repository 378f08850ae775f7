internal import Encodings
public import JSONTree
internal import Words

extension Effect {
    /// What stands behind its word in the canonical form of a file.
    public var value: JSON {
        switch self {
        case .delay(.head, let distribution): distribution.json
        case .delay(let point, let distribution): [point.rawValue: distribution.json]
        case .throttle(let rate): .string(ByteCount.spelled(rate) + "/s")
        case .slice(let bytes, 0, .fixed(.zero)): .int(bytes)
        case .slice(let bytes, 0, let gap): ["bytes": .int(bytes), "gap": gap.json]
        case .slice(let bytes, let variation, let gap):
            ["bytes": .int(bytes), "variation": .int(variation), "gap": gap.json]
        case .dribble(let pieces, let time): ["pieces": .int(pieces), "over": .string(time.spelled)]
        case .drop(let drop): drop.json
        case .upstream(let effect): [effect.word: effect.value]
        case .refuse(let duration): duration.map { .string($0.spelled) } ?? true
        case .state(let kept): kept ? "kept" : "lost"
        case .limit(let connections): ["connections": .int(connections)]
        case .quota(let quota): quota.json
        case .error(let use): use.json
        case .respond(let response): response.json
        case .interim(let status): .int(status)
        case .corrupt(let corruption): corruption.json
        case .duplicate(let times): .int(times)
        case .skip, .misdeliver: true
        case .reorder(let after): .int(after)
        case .send(let message, let times): message.json(times: times)
        case .edit(let edits): Edit.json(edits)
        case .set(let changes): .object(changes)
        }
    }
}

extension Distribution {
    fileprivate var json: JSON {
        switch self {
        case .fixed(let duration): .string(duration.spelled)
        case .uniform(let low, let high): ["uniform": [.string(low.spelled), .string(high.spelled)]]
        case .normal(let mean, let deviation):
            ["normal": ["mean": .string(mean.spelled), "deviation": .string(deviation.spelled)]]
        case .lognormal(let median, let p99):
            ["lognormal": ["median": .string(median.spelled), "p99": .string(p99.spelled)]]
        case .exponential(let mean): ["exponential": ["mean": .string(mean.spelled)]]
        }
    }
}

extension Drop {
    fileprivate var json: JSON {
        var members: JSONObject = ["how": .string(manner.rawValue)]
        members["after_bytes"] = afterBytes.map { .int($0) }
        members["after_messages"] = afterMessages.map { .int($0) }
        members["after"] = afterTime.map { .string($0.spelled) }
        members["code"] = code.map { .int($0) }
        if !reason.isEmpty { members["reason"] = .string(reason) }
        return members.count == 1 ? .string(manner.rawValue) : .object(members)
    }
}

extension Quota {
    fileprivate var json: JSON {
        var members: JSONObject = [unit.rawValue: .int(amount), "per": .string(per.spelled)]
        members["error"] = error.map { .string($0) }
        return .object(members)
    }
}

extension NativeErrorUse {
    fileprivate var json: JSON {
        var members: JSONObject = ["name": .string(name)]
        members["after_messages"] = afterMessages.map { .int($0) }
        members["message"] = message.map { .string($0) }
        members["retry_after"] = retryAfter.map { .string($0.spelled) }
        return members.count == 1 && Int(name) == nil ? .string(name) : .object(members)
    }
}

extension Response {
    fileprivate var json: JSON {
        var members: JSONObject = ["status": .int(status)]
        if !headers.isEmpty {
            let names = headers.map(\.name)
            members["headers"] =
                Set(names).count == names.count
                ? .object(JSONObject(headers.map { ($0.name, .string($0.value)) }))
                : .array(headers.map { .object([$0.name: .string($0.value)]) })
        }
        if let (word, value) = body?.member { members[word] = value }
        return .object(members)
    }
}

extension Message {
    fileprivate var member: (String, JSON) {
        switch self {
        case .text(let text): ("text", .string(text))
        case .json(let value): ("json", value)
        case .binary(let bytes): ("binary", .string(Base64.encode(bytes)))
        }
    }

    fileprivate func json(times: Int) -> JSON {
        var members: JSONObject = [member.0: member.1]
        if times != 1 { members["times"] = .int(times) }
        return .object(members)
    }
}

extension Corruption {
    fileprivate var json: JSON {
        guard let amount, kind.hasAmount else { return .string(kind.rawValue) }
        return [kind.rawValue: kind == .retry ? .string(Duration.milliseconds(amount).spelled) : .int(amount)]
    }
}

extension Edit {
    /// What is removed stands together, where the first of it stood.
    fileprivate static func json(_ edits: [Edit]) -> JSON {
        var members = JSONObject()
        let removed = edits.filter { $0.value == nil }.map { JSON.string($0.pointer) }
        for edit in edits {
            if let value = edit.value {
                members[edit.pointer] = value
            } else {
                members["remove"] = .array(removed)
            }
        }
        return .object(members)
    }
}
