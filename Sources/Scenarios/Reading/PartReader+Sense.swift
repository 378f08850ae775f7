internal import YAMLNodes

// What goes together. Two things are settled here and nowhere else:
//
// 1. A rule about a fake as a whole (`on: litellm`) with effects that act on exchanges means every request of that
//    fake, one with effects on the wire below them or on a WebSocket means every connection or opening; with `refuse`,
//    `state`, `limit`, `set` and `send` it goes by the clock (`when: { at: 10s, for: 5s }`). Effects that mean
//    different things so need a rule each. About anything else, `refuse` and `set` happen when that happens: the
//    server dies of the third prompt. `drop: reset` or `close` of a whole fake goes by the clock if it has a
//    moment (`at` without `for`): then every connection is dropped, idle ones too.
// 2. Which effects can act on which subjects.

extension Subject {
    /// The sorts of subjects.
    enum Sort: Hashable, CaseIterable {
        case whole, connect, request, opens, receives, sends
    }

    var sort: Sort {
        switch self {
        case .whole: .whole
        case .connect: .connect
        case .request: .request
        case .opens: .opens
        case .receives: .receives
        case .sends: .sends
        }
    }
}

extension Subject.Sort {
    /// How such a subject is written, for advice.
    fileprivate var example: String {
        switch self {
        case .whole: "just the fake's name"
        case .connect: "\"FAKE connect\""
        case .request: "\"FAKE METHOD /path\""
        case .opens: "\"FAKE opens /path\""
        case .receives: "\"FAKE receives TYPE\""
        case .sends: "\"FAKE sends TYPE\""
        }
    }
}

extension Effect {
    /// The subjects on which it can act.
    var subjects: Set<Subject.Sort> {
        switch self {
        case .delay(let point, _):
            switch point {
            case .head: [.connect, .request, .opens, .receives, .sends]
            case .chunk: [.connect, .request]
            case .firstToken, .betweenTokens, .step: [.request]
            case .handshake: [.connect]
            case .pong: [.opens]
            case .close: [.connect, .request, .opens]
            }
        case .throttle, .slice: [.connect, .request, .opens, .receives, .sends]
        case .drop(let drop):
            if drop.afterMessages != nil {
                drop.manner == .closeFrame ? [.opens] : [.request, .opens]
            } else if drop.manner == .closeFrame {
                [.opens, .receives, .sends]
            } else if drop.afterBytes != nil || drop.afterTime != nil {
                [.connect, .request, .opens, .receives, .sends]
            } else {
                switch drop.manner {
                case .reset, .close: [.whole, .connect, .request, .opens, .receives, .sends]
                case .hang: [.connect, .request, .opens, .receives, .sends]
                default: [.request, .opens, .receives, .sends]
                }
            }
        case .upstream: [.connect]
        case .limit: [.whole, .connect]
        case .refuse, .state, .set: Set(Subject.Sort.allCases)
        case .quota, .dribble: [.request]
        case .error, .respond, .interim: [.request, .opens]
        case .corrupt(let corruption): corruption.kind.subjects
        case .duplicate, .skip, .reorder: [.receives, .sends]
        case .misdeliver: [.sends]
        case .send: [.whole, .opens, .receives, .sends]
        case .edit: [.request, .opens, .receives, .sends]
        }
    }

    /// What `on: litellm` means to it; nil if it must be said which messages.
    ///
    /// - Parameter isMoment: whether the rule acts at one moment of the clock.
    fileprivate func meaningOfWhole(isMoment: Bool) -> Subject? {
        let subjects = subjects
        if subjects.contains(.whole), isMoment || kind != .drop { return .whole }
        if subjects.contains(.request) { return .request(method: nil, path: PathTemplate("/*")) }
        if subjects.contains(.opens) { return .opens(path: PathTemplate("/*")) }
        return subjects.contains(.connect) ? .connect : nil
    }

    /// Whether only a fake with WebSockets can do it.
    var needsWebSocket: Bool {
        switch self {
        case .drop(let drop): drop.manner == .closeFrame
        case .delay(let point, _): point == .pong
        case .corrupt(let corruption): corruption.kind.needsWebSocket
        default: false
        }
    }
}

extension Corruption.Kind {
    var needsWebSocket: Bool {
        switch self {
        case .badAcceptKey, .noPong, .pingFlood, .maskedFrame, .reservedBits, .badOpcode, .oversizedControl,
            .fragmentStall, .backpressure:
            true
        default: false
        }
    }

    fileprivate var subjects: Set<Subject.Sort> {
        switch self {
        case .truncatedBody, .badChunk, .invalidJSON, .invalidUTF8: [.request, .sends]
        case .wrongContentLength: [.request]
        case .garbage, .emptyAnswer, .wrongContentType, .duplicateHeaders, .hugeHeaders, .redirectLoop:
            [.request, .opens]
        case .missingTerminator, .splitUTF8, .mixedLineEnds, .byteOrderMark, .comments, .retry, .hugeLine, .halfEvent:
            [.request, .sends]
        case .badAcceptKey, .noPong: [.opens]
        case .pingFlood, .badOpcode, .oversizedControl, .backpressure: [.opens, .sends]
        case .maskedFrame, .reservedBits, .fragmentStall: [.sends]
        }
    }
}

extension PartReader {
    /// Says what a whole fake means to these effects, and what a bare delay means to a connection; false if that is
    /// not one thing.
    func settle(_ match: inout LocatedMatch, _ trigger: Trigger, _ effects: inout [LocatedEffect]) -> Bool {
        if match.match.subject == .whole, !settleWhole(&match, trigger, effects) { return false }
        guard match.match.subject == .connect else { return true }
        effects = effects.flatMap { located in
            (located.ofConnection ?? [located.effect]).map { LocatedEffect(effect: $0, mark: located.mark) }
        }
        for index in effects.indices {
            if case .delay(.head, let distribution) = effects[index].effect {
                effects[index].effect = .delay(.handshake, distribution)
            }
        }
        return true
    }

    private func settleWhole(_ match: inout LocatedMatch, _ trigger: Trigger, _ effects: [LocatedEffect]) -> Bool {
        var meaning: (subject: Subject, effect: Effect, mark: YAMLMark)?
        let isMoment = trigger.at != nil && trigger.lasting == nil
        for located in effects {
            guard let subject = located.effect.meaningOfWhole(isMoment: isMoment) else { continue }
            if let meaning, meaning.subject != subject {
                log.add(
                    "\(located.effect.gist) and \(meaning.effect.gist) do not act on the same things: make two rules",
                    at: located.mark)
                return false
            }
            meaning = (subject, located.effect, located.mark)
        }
        if let meaning, meaning.subject != .whole {
            match.match.subject = meaning.subject
            // What is wrong with the subject is the effect's doing.
            match.object = meaning.mark
        }
        return true
    }

    /// Notes what could never act.
    func check(_ match: LocatedMatch, _ trigger: Trigger, _ effects: [LocatedEffect]) {
        let sort = match.match.subject.sort
        for located in effects where !located.effect.subjects.contains(sort) {
            let examples = Subject.Sort.allCases.filter(located.effect.subjects.contains).map(\.example)
            log.add(
                "\(located.effect.gist) does not act on \"\(match.match)\": expected on as \(examples.joined(separator: " or "))",
                at: located.mark)
        }
        let words = effects.map(\.effect.kind)
        if words.contains(.state), !words.contains(.refuse),
            let located = effects.first(where: { $0.effect.kind == .state })
        {
            log.add("state says what a restart leaves: it needs refuse beside it", at: located.mark)
        }
        if sort != .whole, let located = effects.first(where: { $0.effect == .refuse(nil) }) {
            log.add(
                "when a request or a message closes the port, it must be said for how long: refuse: 2s",
                at: located.mark)
        }
        checkClock(match, trigger)
        check(match, effects)
    }

    /// What goes by the clock happens once, and nobody asked for it.
    private func checkClock(_ match: LocatedMatch, _ trigger: Trigger) {
        let conditions = Set(match.match.conditions.map(\.word))
        switch match.match.subject {
        case .whole:
            if !trigger.nth.isEmpty || trigger.first != nil || trigger.after != nil || trigger.every != nil
                || trigger.per != .fake
            {
                log.add(
                    "what a rule does to a whole fake goes by the clock: at and for, nothing to count", at: match.whole)
            }
            if !conditions.isSubset(of: ["state"]) {
                log.add("what a rule does to a whole fake goes by the clock: no request to look at", at: match.whole)
            }
        case .connect:
            if !conditions.isSubset(of: ["state"]) {
                log.add("a connection has no header, query, body or client yet: expected a request", at: match.whole)
            }
        default: break
        }
    }
}
