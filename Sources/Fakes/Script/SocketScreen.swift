internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Stands between a fake and one of its WebSockets: what the rules say of each message happens here, and the journal
/// hears of all. On the fake's loop.
final class SocketScreen: MessageScreen, @unchecked Sendable {
    // @unchecked because it is called only on the loop.
    let visit: Visit
    private let sheet: CueSheet
    private weak var socket: WebSocket?
    /// What is to be sent before the socket is there.
    private var early: [WebSocketAct] = []
    private var sent = 0
    private var received = 0
    /// Messages that others must overtake first.
    private var held: [(message: WebSocketMessage, after: Int)] = []
    private var receivedHeld: [(message: WebSocketMessage, after: Int)] = []
    private var isOver = false

    init(_ visit: Visit, _ sheet: CueSheet) {
        self.visit = visit
        self.sheet = sheet
    }

    /// The socket is there: does what rules about the opening want at once.
    func open(_ socket: WebSocket) {
        self.socket = socket
        if !early.isEmpty { socket.perform(early) }
        early = []
        for (message, times) in sheet.sends {
            for _ in 0..<min(times, 10_000) { socket.perform([.message(message.webSocket)]) }
        }
        for (corruption, random) in sheet.corruptions {
            let acts = FrameCorruption.acts(corruption, random)
            if !acts.isEmpty { socket.perform(acts) }
        }
        if let ending = sheet.ending, ending.afterMessages == 0 { end(ending) }
    }

    func sending(_ message: WebSocketMessage) -> WebSocketActs {
        guard !isOver else { return .acts([]) }
        if let ending = sheet.ending, let after = ending.afterMessages, sent >= after {
            isOver = true
            if let rule = sheet.endedBy { visit.end(by: rule) }
            return .acts(Self.acts(of: ending))
        }
        sent += 1
        let stage = visit.stage
        guard stage.isRecording || stage.looksAtSent || !sheet.edits.isEmpty else { return .pass }
        let type = visit.type(of: message)
        var acts: [WebSocketAct]
        let cues = stage.looksAtSent ? visit.cues(sending: type, message: message, number: sent) : []
        if cues.isEmpty, held.isEmpty, sheet.edits.isEmpty {
            visit.note(message, type: type, fromClient: false)
            return .pass
        }
        let plan = MessagePlan(sheet.edits.isEmpty ? message : message.edited(sheet.edits), cues, visit, type: type)
        acts = plan.acts
        if plan.isOver { isOver = true }
        if plan.after > 0 {
            held += plan.messages.map { ($0, sent + plan.after) }
        } else {
            for message in plan.messages {
                visit.note(message, type: type, fromClient: false)
                acts.append(.message(message))
            }
        }
        acts += plan.trailing
        while let first = held.first, first.after <= sent, plan.after == 0 || first.after < sent + plan.after {
            held.removeFirst()
            visit.note(first.message, type: visit.type(of: first.message), fromClient: false)
            acts.append(.message(first.message))
        }
        return .acts(acts)
    }

    func received(_ message: WebSocketMessage) -> WebSocketActs {
        received += 1
        let stage = visit.stage
        guard stage.isRecording || stage.looksAtReceived else { return .pass }
        let type = visit.type(of: message)
        visit.note(message, type: type, fromClient: true)
        let cues = stage.looksAtReceived ? visit.cues(receiving: type, message: message, number: received) : []
        if cues.isEmpty, receivedHeld.isEmpty { return .pass }
        let plan = MessagePlan(message, cues, visit, type: type)
        var acts = plan.acts
        // What a rule sends on hearing something goes out; all else of the plan is about what comes in.
        if let socket { socket.perform(plan.answers) } else { early += plan.answers }
        if plan.after > 0 {
            receivedHeld += plan.messages.map { ($0, received + plan.after) }
        } else {
            acts += plan.messages.map { .message($0) }
        }
        while let first = receivedHeld.first, first.after <= received {
            receivedHeld.removeFirst()
            acts.append(.message(first.message))
        }
        return .acts(acts)
    }

    func control(_ frame: WebSocketControl, fromClient: Bool) {
        visit.note(frame, fromClient: fromClient)
    }

    func answerPing(_ payload: [UInt8]) -> WebSocketActs {
        if sheet.corruptions.contains(where: { $0.corruption.kind == .noPong }) { return .acts([]) }
        if sheet.pongDelays.isEmpty { return .pass }
        return .acts([.wait(sheet.pongDelays.next()), .pong(payload)])
    }

    /// A message of another client's, by mistake.
    func deliver(_ message: WebSocketMessage) {
        visit.note(message, type: visit.type(of: message), fromClient: false)
        socket?.perform([.message(message)])
    }

    /// Something that nobody asked for.
    func send(_ message: Message, times: Int) {
        for _ in 0..<min(times, 10_000) { deliver(message.webSocket) }
    }

    private func end(_ drop: Drop) {
        isOver = true
        if let rule = sheet.endedBy { visit.end(by: rule) }
        socket?.perform(Self.acts(of: drop))
    }

    static func acts(of drop: Drop) -> [WebSocketAct] {
        switch drop.manner {
        case .reset: [.abort(resets: true)]
        case .close: [.abort(resets: false)]
        case .halfClose: [.halfClose]
        case .hang: [.mute]
        case .closeFrame: [.close(code: UInt16(clamping: drop.code ?? 1011), reason: drop.reason)]
        }
    }
}

/// What becomes of one message under the rules that act on it.
private struct MessagePlan {
    /// What happens before it.
    private(set) var acts: [WebSocketAct] = []
    /// The message itself: none, one or several.
    private(set) var messages: [WebSocketMessage]
    /// What follows it.
    private(set) var trailing: [WebSocketAct] = []
    /// What is sent on hearing it.
    private(set) var answers: [WebSocketAct] = []
    /// How many others must overtake it.
    private(set) var after = 0
    /// Nothing goes on after this.
    private(set) var isOver = false

    init(_ message: WebSocketMessage, _ cues: [Cue], _ visit: Visit, type: String) {
        messages = [message]
        for cue in cues {
            for effect in cue.effects {
                visit.note(effect, of: cue.rule, type: type)
                add(effect, cue, visit)
                guard isOver else { continue }
                visit.end(by: cue.rule)
                return
            }
        }
    }

    private mutating func add(_ effect: Effect, _ cue: Cue, _ visit: Visit) {
        switch effect {
        case .delay(_, let distribution):
            var random = cue.random
            acts.append(.wait(distribution.sample(&random)))
        case .skip: messages = []
        case .duplicate(let times):
            if let first = messages.first {
                messages += Array(repeating: first, count: min(max(times, 0), 10_000))
            }
        case .reorder(let count): after = max(after, count)
        case .misdeliver:
            for message in messages { visit.misdeliver(message) }
            messages = []
        case .edit(let edits): messages = messages.map { $0.edited(edits) }
        case .send(let message, let times):
            let acts = Array(repeating: WebSocketAct.message(message.webSocket), count: min(times, 10_000))
            trailing += acts
            answers += acts
        case .throttle(let rate): visit.impose(.throttle(bytesPerSecond: rate))
        case .slice(let bytes, let variation, let gap):
            visit.impose(.slice(bytes, variation, gap, cue.random))
        case .drop(let drop):
            if let fault = WireFault(drop) {
                visit.impose(fault)
            } else {
                end(drop)
            }
        case .refuse:
            guard let downfall = Downfall(cue) else { break }
            visit.stage.fall(downfall)
            end(Drop(.hang))
        case .set(let changes): visit.stage.set(changes)
        case .corrupt(let corruption): corrupt(corruption, cue.random)
        default: break
        }
    }

    private mutating func end(_ drop: Drop) {
        messages = []
        let ending = SocketScreen.acts(of: drop)
        acts += ending
        answers += ending
        isOver = true
    }

    private mutating func corrupt(_ corruption: Corruption, _ random: SeededRandom) {
        let whole = FrameCorruption.acts(corruption, random)
        if !whole.isEmpty {
            acts += whole
            return
        }
        let frames = messages.compactMap { FrameCorruption.frame($0, corruption) }
        guard !frames.isEmpty else { return }
        messages = []
        trailing = frames.map { .raw($0) } + trailing
        if corruption.kind == .fragmentStall {
            trailing.append(.mute)
            isOver = true
        }
    }
}
