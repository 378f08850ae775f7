internal import Journal
internal import Scenarios
internal import SocketServer

/// What rules about the fake as a whole do, each at its time.
extension Stage {
    /// A rule that has its time, or waits for it.
    struct Act {
        let rule: Rule
        let task: Task<Void, Never>
    }

    /// Ends what is no longer in force, and begins what is now. What stays in force goes on.
    func updateTimeline(_ house: RunningFake, goesOn: Bool) {
        let rules = player?.scenario.rules ?? []
        for (name, act) in acts where !goesOn || !rules.contains(act.rule) {
            act.task.cancel()
            acts[name] = nil
        }
        for moment in player?.timeline ?? [] {
            let rule = rules[moment.index]
            guard acts[rule.name] == nil else { continue }
            let task = Task(executorPreference: house.loop) {
                // Cut short only when the rule is taken away, or the fake stops.
                guard (try? await self.fake.environment.wait(moment.at - self.scenarioTime)) != nil,
                    !Task.isCancelled, let cue = self.playWhole(moment.index)
                else { return }
                await self.perform(cue, house)
            }
            acts[rule.name] = Act(rule: rule, task: task)
        }
    }

    /// Ends all; returns when they have ended.
    func endTimeline() async {
        let tasks = acts.values.map(\.task)
        acts = [:]
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func perform(_ cue: Cue, _ house: RunningFake) async {
        let rule = player?.scenario.rules[cue.index]
        var keepsState = true
        for case .state(let kept) in cue.effects { keepsState = kept }
        for effect in cue.effects {
            note(effect.word, effect.summary, cue.rule)
            switch effect {
            case .refuse(let duration):
                endAll(by: cue.rule)
                await house.refuse(for: duration ?? rule?.when.lasting, keepingState: keepsState)
            case .set(let changes): set(changes)
            case .limit(let connections): connectionLimit = (connections, cue.rule)
            case .send(let message, let times):
                for socket in openSockets { socket.send(message, times: times) }
            case .drop(let drop):
                endAll(by: cue.rule)
                await server?.dropConnections(resets: drop.manner == .reset)
            default: continue
            }
        }
        if let lasting = rule?.when.lasting, cue.effects.contains(where: { $0.isLimit }) {
            // Cut short only when another scenario comes, or the fake stops.
            try? await fake.environment.wait(lasting)
            connectionLimit = nil
        }
    }
}

extension Effect {
    fileprivate var isLimit: Bool {
        if case .limit = self { true } else { false }
    }
}
