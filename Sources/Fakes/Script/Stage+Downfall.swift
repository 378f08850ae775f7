internal import JSONTree
internal import Journal
internal import Scenarios

/// A server that dies of something, and is started again after a time.
struct Downfall {
    let rule: String
    let duration: Duration
    let keepsState: Bool

    /// Nil if a rule has no `refuse` with a time.
    init?(_ cue: Cue) {
        var duration: Duration?
        var keepsState = true
        for effect in cue.effects {
            switch effect {
            case .refuse(let time): duration = duration ?? time
            case .state(let kept): keepsState = kept
            default: continue
            }
        }
        guard let duration else { return nil }
        rule = cue.rule
        self.duration = duration
        self.keepsState = keepsState
    }
}

/// What rules about an exchange, a message or a connection do to the fake as a whole.
extension Stage {
    /// Takes the fake down: the port is closed and all connections end, that on which it happened too.
    ///
    /// Whoever calls it says nothing more on that connection: it ends together with the others, after the port has been
    /// closed, so that nobody gets in between.
    func fall(_ downfall: Downfall) {
        guard let house, let rule = player?.scenario.rules.first(where: { $0.name == downfall.rule }) else { return }
        falls += 1
        endAll(by: rule.name)
        let task = Task(executorPreference: house.loop) {
            await house.refuse(for: downfall.duration, keepingState: downfall.keepsState)
        }
        acts["\(rule.name) \(falls)"] = Act(rule: rule, task: task)
    }

    /// All connections that there are end because of a rule.
    func endAll(by rule: String) {
        for connection in connections { endings[connection] = rule }
    }

    /// Changes the fake's state at once.
    func set(_ changes: JSONObject) {
        do {
            try fake.assumeIsolated { fake throws in try fake.set(changes) }
        } catch {
            record(.lifecycle("could not set the state: \(error)"), 0)
        }
    }
}
