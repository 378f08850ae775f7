internal import JSONTree
internal import Journal
internal import Scenarios
internal import SocketServer

/// One exchange on its way through the stage: who it is, what the rules know of it, and what the journal will say.
/// On the fake's loop.
final class Visit: @unchecked Sendable {
    // @unchecked because it is used only on the loop.
    let stage: Stage
    let exchange: Exchange
    /// The number of the exchange's connection.
    private let connection: UInt64
    let number: Int
    let client: String
    /// What makes this request the same in another run.
    let identity: UInt64
    private let began: Duration
    private var head: Duration?
    private(set) var rules: [String] = []
    private var nativeError: String?

    init(_ stage: Stage, _ exchange: Exchange, number: Int, client: String, identity: UInt64, began: Duration) {
        self.stage = stage
        self.exchange = exchange
        connection = exchange.connectionID
        self.number = number
        self.client = client
        self.identity = identity
        self.began = began
    }

    // MARK: Rules

    func cues(sending type: String, bytes: [UInt8], number: Int) -> [Cue] {
        guard stage.looksAtSent else { return [] }
        return stage.play(
            .sends(type: type), self, count: number, MessageFacts(stage: stage) { ServerSentEvent(bytes: bytes).text })
    }

    func cues(sending type: String, message: WebSocketMessage, number: Int) -> [Cue] {
        stage.play(.sends(type: type), self, count: number, MessageFacts(stage: stage) { message.text })
    }

    func cues(receiving type: String, message: WebSocketMessage, number: Int) -> [Cue] {
        stage.play(.receives(type: type), self, count: number, MessageFacts(stage: stage) { message.text })
    }

    func type(of event: ServerSentEvent) -> String { stage.fake.type(of: event) }
    func type(of message: WebSocketMessage) -> String { stage.fake.type(of: message) }
    func impose(_ fault: WireFault) { exchange.impose(fault) }

    func sleep(_ duration: Duration) async throws {
        try await stage.fake.environment.wait(duration)
    }

    /// The time in which waits pass.
    var now: ContinuousClock.Instant { stage.fake.environment.loop.clock.now }

    func sleep(until moment: ContinuousClock.Instant) async throws {
        try await stage.fake.environment.loop.clock.sleep(until: moment)
    }

    /// Sends what was for this client to another one.
    func misdeliver(_ message: WebSocketMessage) {
        stage.otherSocket(than: self)?.deliver(message)
    }

    func misdeliver(_ bytes: [UInt8]) async throws {
        try await stage.otherStream(than: self)?.write(bytes)
    }

    // MARK: Journal

    func note(_ played: [CueSheet.Played]) {
        for one in played { note(one.word, one.detail, of: one.rule) }
    }

    func note(_ effect: Effect, of rule: String, type: String) {
        note(effect.word, "\(effect.summary) (\(type))", of: rule)
    }

    private func note(_ word: String, _ detail: String, of rule: String) {
        if rules.last != rule, !rules.contains(rule) { rules.append(rule) }
        stage.record(
            .effect(EffectRecord(rule: rule, effect: word, detail: detail, exchange: number, client: client)),
            connection)
    }

    /// The connection ends because of a rule.
    func end(by rule: String) { stage.endings[connection] = rule }

    func note(error: String) { nativeError = error }

    func noteHead() { head = stage.elapsed }

    /// An event of a stream has been sent.
    func noteSent(_ bytes: ArraySlice<UInt8>) {
        guard stage.isRecording else { return }
        let event = ServerSentEvent(bytes)
        stage.record(
            MessageRecord(
                exchange: number, client: client, direction: .sent,
                form: .event(name: event.name.isEmpty ? nil : event.name), type: type(of: event),
                payload: Array(event.data)), connection)
    }

    func note(_ message: WebSocketMessage, type: String, fromClient: Bool) {
        guard stage.isRecording else { return }
        let (form, payload): (MessageRecord.Form, [UInt8]) =
            switch message {
            case .text(let text): (.text, Array(text.utf8))
            case .binary(let bytes): (.binary, bytes)
            }
        stage.record(
            MessageRecord(
                exchange: number, client: client, direction: fromClient ? .received : .sent, form: form, type: type,
                payload: payload), connection)
    }

    func note(_ frame: WebSocketControl, fromClient: Bool) {
        guard stage.isRecording else { return }
        var record = ControlRecord(exchange: number, kind: .ping, direction: fromClient ? .received : .sent)
        switch frame {
        case .ping(let payload): record.size = payload.count
        case .pong(let payload):
            record.kind = .pong
            record.size = payload.count
        case .close(let code, let reason):
            record.kind = .close
            record.code = code
            record.reason = reason
        }
        stage.record(.control(record), connection)
    }

    /// The exchange is over, or has become a WebSocket.
    func finish(_ reply: Reply, body: [UInt8], size: Int, outcome: ExchangeOutcome, opened: Bool = false) {
        stage.logger?.log(exchange, reply, outcome)
        if case .brokenOff(let rule) = outcome { end(by: rule) }
        guard stage.isRecording else { return }
        let now = stage.elapsed
        let record = ExchangeRecord(
            exchange, reply, id: number, client: client, route: stage.route(of: exchange.request), body: body,
            bodySize: size, opened: opened, began: began, head: head, ended: now, outcome: outcome,
            nativeError: nativeError, rules: rules)
        if opened {
            stage.record(.opened(record), connection, at: now)
        } else {
            stage.record(record, connection, at: now)
        }
    }
}

extension ExchangeRecord {
    /// An exchange and its answer, as far as it was sent.
    init(
        _ exchange: Exchange, _ reply: Reply, id: Int, client: String, route: String?, body: [UInt8], bodySize: Int,
        opened: Bool = false, began: Duration, head: Duration?, ended: Duration, outcome: ExchangeOutcome,
        nativeError: String? = nil, rules: [String] = []
    ) {
        let request = exchange.request
        let taken = exchange.bodySeen
        self.init(
            id: id, client: client, scheme: request.isSecure ? "https" : "http", method: request.method,
            target: request.target, path: request.path, version: request.version.name, route: route,
            requestHeaders: HeaderRecord(request.headers), requestBody: taken.prefix, requestBodySize: taken.size,
            status: reply.sendsHead ? (opened ? 101 : reply.status) : 0, reason: reply.reason ?? "",
            responseHeaders: HeaderRecord(reply.headers), responseBody: body, responseBodySize: bodySize,
            isStream: reply.isEventStream, began: began, head: reply.sendsHead ? head ?? ended : nil, ended: ended,
            outcome: outcome, nativeError: nativeError, rules: rules)
    }
}

/// What conditions about a message ask.
struct MessageFacts: OccasionFacts {
    let stage: Stage
    let text: () -> String?

    init(stage: Stage, _ text: @escaping () -> String?) {
        self.stage = stage
        self.text = text
    }

    func header(_ name: String) -> String? { nil }
    func query(_ name: String) -> String? { nil }
    // A message that is no JSON has no members.
    var body: JSON? { text().flatMap { try? JSON(parsing: $0) } }
    var state: JSON { stage.state }
}

/// What conditions about a request ask.
struct RequestFacts: OccasionFacts {
    let stage: Stage
    let request: Request
    let bytes: [UInt8]

    func header(_ name: String) -> String? { request.headers[name] }
    func query(_ name: String) -> String? { request.queryItems[name] }
    // A body that is no JSON has no members.
    var body: JSON? { try? JSON(parsing: bytes) }
    var state: JSON { stage.state }
}

extension WebSocketMessage {
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

extension HeaderRecord {
    /// Made into texts only when somebody reads them.
    init(_ fields: HeaderFields) {
        self.init(bytes: fields.bytes, places: fields.places)
    }
}

extension Reply {
    /// Whether it has a head of its own.
    fileprivate var sendsHead: Bool {
        switch body {
        case .bytes, .spelled, .stream, .webSocket: true
        case .raw, .abort, .close: false
        }
    }

    var isEventStream: Bool {
        guard case .stream = body else { return false }
        return headers["content-type"]?.hasPrefix("text/event-stream") ?? false
    }
}
