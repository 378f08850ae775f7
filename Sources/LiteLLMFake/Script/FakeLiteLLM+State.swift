public import Fakes
public import JSONTree

/// What scenarios and tests may look at and set.
enum LiteLLMStateMember: String, CaseIterable {
    /// False: each request gets what a client sees of a proxy that is still starting.
    case ready
    /// By name of the model: `{"healthy": true}`. Nobody listens behind one that is not healthy.
    case models
    /// By key: `{"spend": 0.5, "max_budget": 1.0, "blocked": false}`, where keys are configured; what is spent and
    /// whether it is blocked can be set.
    case keys
    /// By id of the deployment: for how many more seconds it is set aside. Those that are not set aside are not named.
    case cooldowns
}

extension FakeLiteLLM {
    public func state() -> JSON {
        .object(JSONObject(LiteLLMStateMember.allCases.map { ($0.rawValue, value(of: $0)) }))
    }

    private func value(of member: LiteLLMStateMember) -> JSON {
        switch member {
        case .ready: .bool(isReady)
        case .models:
            .object(JSONObject(router.names.map { ($0, ["healthy": .bool(!unhealthy.contains($0))]) }))
        case .keys:
            .object(
                JSONObject(
                    keys.entries.map { entry in
                        (
                            entry.key.key,
                            [
                                "spend": .double(entry.spend),
                                "max_budget": entry.key.maxBudget.map { .double($0) } ?? .null,
                                "blocked": .bool(entry.key.isBlocked),
                            ]
                        )
                    }))
        case .cooldowns:
            .object(
                JSONObject(router.cooldowns(at: environment.now().seconds).map { ($0.id, .double($0.seconds)) }))
        }
    }

    public func set(_ changes: JSONObject) throws(StateError) {
        var (isReady, unhealthy, keys, router) = (isReady, unhealthy, keys, router)
        for (name, value) in changes {
            let change = StateChange(name, value)
            switch LiteLLMStateMember(rawValue: name) {
            case .ready: isReady = try change.bool()
            case .models:
                for model in try change.members() {
                    guard router.names.contains(model.last) else { throw model.isUnknown(among: router.names) }
                    for member in try model.members() {
                        guard member.last == "healthy" else { throw member.isUnknown(among: ["healthy"]) }
                        if try member.bool() { unhealthy.remove(model.last) } else { unhealthy.insert(model.last) }
                    }
                }
            case .keys: for key in try change.members() { try Self.set(key, in: &keys) }
            case .cooldowns:
                for deployment in try change.members() {
                    let ids = router.deployments.map(\.id)
                    guard let index = ids.firstIndex(of: deployment.last) else {
                        throw deployment.isUnknown(among: ids)
                    }
                    router.setAside(index, for: try deployment.amount(), now: environment.now().seconds)
                }
            case nil: throw change.isUnknown(among: LiteLLMStateMember.allCases.map(\.rawValue))
            }
        }
        (self.isReady, self.unhealthy, self.keys, self.router) = (isReady, unhealthy, keys, router)
    }

    private static func set(_ key: StateChange, in keys: inout KeyStore) throws(StateError) {
        guard let index = keys.index(of: key.last) else {
            throw StateError(key.name, "there is no such key; keys are configured, or made by POST /key/generate")
        }
        for member in try key.members() {
            switch member.last {
            case "spend": keys.charge(index, spend: try member.amount())
            case "blocked":
                var entry = keys.entries[index].key
                entry.isBlocked = try member.bool()
                keys.replace(index, with: entry)
            case "max_budget": throw member.isReadOnly
            default: throw member.isUnknown(among: ["spend", "max_budget", "blocked"])
            }
        }
    }
}
