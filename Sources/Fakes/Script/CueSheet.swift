internal import JSONTree
internal import Scenarios
internal import SocketServer

/// What the rules that act on one request ask for, put together in the order of the file. Waits add up; of answers
/// that exclude one another the first one wins.
struct CueSheet {
    /// What is sent instead of the fake's own answer.
    enum Answer {
        case native(NativeErrorUse)
        case response(Response)
        case drop(Drop)
        /// The fake goes down.
        case down(Downfall)
    }

    /// An effect with the rule that brought it.
    struct Played {
        let rule: String
        let word: String
        let detail: String
    }

    private(set) var headDelay = Duration.zero
    private(set) var answer: Answer?
    /// An ending after so many bytes or messages.
    private(set) var ending: Drop?
    /// The rule that brought it.
    private(set) var endedBy: String?
    private(set) var wire: [WireFault] = []
    /// The rule that cuts the connection after so many bytes.
    private(set) var cutBy: String?
    private(set) var dribble: (pieces: Int, over: Duration)?
    private(set) var corruptions: [(corruption: Corruption, random: SeededRandom)] = []
    private(set) var edits: [Edit] = []
    private(set) var interims: [Int] = []
    private(set) var sends: [(message: Message, times: Int)] = []
    private(set) var chunkDelays: [Draw] = []
    private(set) var firstDelays: [Draw] = []
    private(set) var betweenDelays: [Draw] = []
    private(set) var stepDelays: [Draw] = []
    private(set) var pongDelays: [Draw] = []
    private(set) var quotas: [(rule: String, standing: QuotaStanding)] = []
    /// Changes of the fake's state.
    private(set) var changes: [JSONObject] = []
    private(set) var played: [Played] = []

    /// Nothing is asked for.
    init() {}

    /// - Parameter errorBeyond: the native error of a quota whose rule names none.
    init(_ cues: [Cue], errorBeyond: (Quota) -> String) {
        for cue in cues {
            if let standing = cue.quota {
                quotas.append((cue.rule, standing))
                // Below the quota, a rule with one does nothing else.
                guard standing.isExceeded else { continue }
            }
            add(cue, errorBeyond: errorBeyond)
        }
    }

    /// Whether anything must be done while a body is streamed.
    var touchesStream: Bool {
        !chunkDelays.isEmpty || !firstDelays.isEmpty || !betweenDelays.isEmpty || ending?.afterMessages != nil
            || corruptions.contains { $0.corruption.kind.isOfStreams } || !edits.isEmpty
    }

    /// What the fake itself must know.
    var direction: Direction {
        var direction = Direction()
        if case .native(let error) = answer {
            direction.error = error
            direction.quota = quotas.lazy.map(\.standing).first(where: \.isExceeded)
        }
        if !stepDelays.isEmpty { direction.stepDelay = { [stepDelays] in stepDelays.next() } }
        return direction
    }

    private mutating func add(_ cue: Cue, errorBeyond: (Quota) -> String) {
        for (number, effect) in cue.effects.enumerated() {
            // Each effect of a rule has luck of its own.
            var random = cue.random
            for _ in 0..<number { random.jump() }
            switch effect {
            case .delay(let point, let distribution): add(Draw(distribution, random), to: point)
            case .throttle(let rate): wire.append(.throttle(bytesPerSecond: rate))
            case .slice(let bytes, let variation, let gap):
                wire.append(.slice(bytes, variation, gap, random))
            case .dribble(let pieces, let time): dribble = dribble ?? (pieces, time)
            case .drop(let drop): add(drop, of: cue.rule)
            case .error(let use): answer = answer ?? .native(use)
            case .respond(let response): answer = answer ?? .response(response)
            case .quota(let quota): answer = answer ?? .native(NativeErrorUse(quota.error ?? errorBeyond(quota)))
            case .interim(let status): interims.append(status)
            case .corrupt(let corruption): corruptions.append((corruption, random))
            case .edit(let changes): edits += changes
            case .send(let message, let times): sends.append((message, times))
            case .refuse: answer = answer ?? Downfall(cue).map { .down($0) }
            case .set(let members): changes.append(members)
            case .upstream, .state, .limit, .duplicate, .skip, .reorder, .misdeliver:
                // Said with another effect, or not of requests: the reader of scenarios refuses them there.
                continue
            }
            played.append(Played(rule: cue.rule, word: effect.word, detail: effect.summary))
        }
    }

    private mutating func add(_ draw: Draw, to point: DelayPoint) {
        switch point {
        case .head: headDelay += draw.next()
        case .chunk: chunkDelays.append(draw)
        case .firstToken: firstDelays.append(draw)
        case .betweenTokens: betweenDelays.append(draw)
        case .step: stepDelays.append(draw)
        case .pong: pongDelays.append(draw)
        case .close: wire.append(.closeDelay(draw.next()))
        case .handshake: break
        }
    }

    private mutating func add(_ drop: Drop, of rule: String) {
        if let fault = WireFault(drop) {
            cutBy = cutBy ?? rule
            wire.append(fault)
        } else if drop.afterMessages != nil {
            endedBy = endedBy ?? rule
            ending = ending ?? drop
        } else {
            answer = answer ?? .drop(drop)
        }
    }
}

extension WireFault {
    /// An end that comes after so many bytes or so long; nil if it comes otherwise.
    init?(_ drop: Drop) {
        guard let ending = WireEnding(drop.manner) else { return nil }
        if let bytes = drop.afterBytes {
            self = .cut(afterBytes: bytes, ending)
        } else if let time = drop.afterTime {
            self = .expiry(time, ending)
        } else {
            return nil
        }
    }
}

extension WireEnding {
    /// Nil for a close frame, which is no matter of the wire.
    init?(_ manner: Drop.Manner) {
        switch manner {
        case .reset: self = .reset
        case .close: self = .fin
        case .halfClose: self = .halfClose
        case .hang: self = .hang
        case .closeFrame: return nil
        }
    }
}

extension Corruption.Kind {
    /// Whether it touches the events of a stream, one by one.
    var isOfStreams: Bool {
        switch self {
        case .missingTerminator, .splitUTF8, .mixedLineEnds, .byteOrderMark, .comments, .retry, .hugeLine, .halfEvent,
            .badChunk, .invalidUTF8, .invalidJSON, .truncatedBody:
            true
        default: false
        }
    }
}
