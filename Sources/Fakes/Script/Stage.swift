internal import JSONTree
internal import Journal
internal import Scenarios
internal import SocketServer

/// Where a fake, a scenario and the journal meet the sockets.
///
/// ```
/// Exchange ─▶ rules (request) ─▶ fake ─▶ Reply ─▶ rules (head, chunks, messages) ─▶ socket
///                 └───────────── journal ──────────────────┘
/// ```
/// With neither scenario nor journal the exchange goes straight to the fake. On the fake's loop.
final class Stage: @unchecked Sendable {
    // @unchecked because everything but the constants is touched only on the loop.
    var fake: any Fake
    let journal: SharedJournal?
    let logger: ExchangeLog?
    weak var server: Server?
    /// The fake on its sockets.
    weak var house: RunningFake?
    private(set) var player: ScenarioPlayer?
    private var clock: ScenarioClock?
    private var exchanges = 0
    private var sockets: [Int: SocketScreen] = [:]
    private var streams: [Int: (visit: Visit, writer: ResponseWriter)] = [:]
    private let routes: RouteTable<String>
    /// The routes of requests that came before: most come again.
    private var knownRoutes: [RouteKey: String?] = [:]
    /// The fake's number in the journal.
    private let source: Int
    /// Bytes of bodies that the journal keeps.
    let bodyPrefix: Int
    /// How many bytes of bodies the streams that are open may still keep for the journal, all together: as many as it has
    /// room for itself. What thousands of them held beyond that would be forgotten as soon as they are over.
    var roomForStreams: Int
    private let kind: String
    private let id: String
    /// What rules about the fake as a whole do, by the rules' names.
    var acts: [String: Act] = [:]
    /// How often the fake has gone down because of an exchange or a message.
    var falls = 0
    /// Connections by number, as long as they are open.
    private(set) var connections: Set<UInt64> = []
    /// The rules that end connections, by those.
    var endings: [UInt64: String] = [:]
    /// The most connections at once that a rule allows.
    var connectionLimit: (limit: Int, rule: String)?

    init(_ fake: any Fake, journal: SharedJournal?, logger: ExchangeLog?) {
        self.fake = fake
        self.journal = journal
        self.logger = logger
        kind = fake.kind.rawValue
        id = fake.environment.id
        let limits = journal?.read { $0.limits }
        bodyPrefix = limits?.body ?? 0
        roomForStreams = limits?.bytes ?? 0
        var routes = RouteTable<String>()
        if journal != nil {
            for route in fake.vocabulary.routes { routes.on(route.method, route.path.text, route.path.text) }
        }
        self.routes = routes
        source = journal?.source(fake: id, kind: kind) ?? 0
    }

    // MARK: The scenario

    /// Puts a scenario in force, from its beginning, or goes on if the clock is the same; nil ends the one that is.
    ///
    /// - Returns: whether it goes on.
    func play(_ scenario: Scenario?, since clock: ScenarioClock?) -> Bool {
        let goesOn = clock == self.clock
        let before = goesOn ? player : nil
        player = scenario.map {
            ScenarioPlayer($0, seed: fake.environment.seed, kind: kind, id: id, continuing: before)
        }
        self.clock = clock
        if !goesOn { connectionLimit = nil }
        return goesOn
    }

    var looksAtSent: Bool { player?.looksAtSent ?? false }
    var looksAtReceived: Bool { player?.looksAtReceived ?? false }
    var looksAtMessages: Bool { looksAtSent || looksAtReceived }
    var isRecording: Bool { journal != nil }
    var elapsed: Duration { journal?.elapsed ?? .zero }
    /// Since the scenario began.
    var scenarioTime: Duration { clock?.elapsed ?? .zero }

    /// The fake's state, for conditions that ask.
    var state: JSON { fake.assumeIsolated { $0.state() } }

    func play(
        _ happening: Occasion.Happening, _ visit: Visit, count: Int, _ facts: some OccasionFacts
    ) -> [Cue] {
        let occasion = Occasion(
            happening, client: visit.client, connection: visit.exchange.connectionID,
            identity: visit.identity &+ UInt64(count) &* 0x9E37_79B9_7F4A_7C15)
        return player?.play(occasion, at: scenarioTime, facts) ?? []
    }

    func playWhole(_ rule: Int) -> Cue? {
        player?.playWhole(rule, at: scenarioTime, MessageFacts(stage: self) { nil })
    }

    func playConnection(_ connection: UInt64) -> [Cue] {
        guard player?.looksAtConnections == true else { return [] }
        let occasion = Occasion(.connect, client: "", connection: connection, identity: connection)
        return player?.play(occasion, at: scenarioTime, MessageFacts(stage: self) { nil }) ?? []
    }

    var counts: [RuleCount] { player?.counts ?? [] }

    // MARK: Requests

    func nextExchange() -> Int {
        exchanges += 1
        return exchanges
    }

    /// Answers an exchange. What most exchanges need stands here, and the rest apart: a task keeps all that a function may
    /// have to remember while it waits, in memory that it asks for at each call.
    func reply(to exchange: Exchange) async -> Reply {
        guard player != nil || journal != nil || logger != nil else { return await fake.reply(to: exchange) }
        let began = elapsed
        let number = nextExchange()
        if journal != nil { exchange.keepBody(prefix: bodyPrefix) }
        let happening = happening(of: exchange)
        if logger == nil, happening == nil {
            return noteUnscripted(await fake.reply(to: exchange).whole, to: exchange, number, began)
        }
        return await reply(to: exchange, happening, number, began)
    }

    @inline(never)
    private func reply(
        to exchange: Exchange, _ happening: Occasion.Happening?, _ number: Int, _ began: Duration
    ) async -> Reply {
        let request = exchange.request
        guard let happening else {
            let visit = Visit(
                self, exchange, number: number, client: fake.client(of: request, body: []),
                identity: request.identity([]), began: began)
            return await perform(visit, CueSheet())
        }
        var body: [UInt8] = []
        if player?.wantsBody(of: happening) == true {
            // A body that is too large, or never comes, is nothing to look into; the fake answers for itself.
            body = (try? await exchange.peekBody(limit: 1 << 20)) ?? []
        }
        let visit = Visit(
            self, exchange, number: number, client: fake.client(of: request, body: body),
            identity: request.identity(body), began: began)
        let cues = play(happening, visit, count: 0, RequestFacts(stage: self, request: request, bytes: body))
        return await perform(visit, CueSheet(cues, errorBeyond: fake.errorBeyond))
    }

    /// What the rules are asked about a request; nil if none is about it.
    private func happening(of exchange: Exchange) -> Occasion.Happening? {
        guard player != nil else { return nil }
        let request = exchange.request
        let happening = Occasion.Happening.request(
            method: request.method, path: request.path, opens: exchange.wantsWebSocket)
        // The player is asked where it lies: a copy of it would have all its counts copied when it plays.
        let facts = RequestFacts(stage: self, request: request, bytes: [])
        return player?.isConcerned(with: happening, at: scenarioTime, facts) == true ? happening : nil
    }

    /// Without a rule about the request, as most exchanges are: a whole answer is noted and that is all.
    private func noteUnscripted(
        _ reply: Reply, to exchange: Exchange, _ number: Int, _ began: Duration
    ) -> Reply {
        let client = fake.client(of: exchange.request, body: exchange.bodySeen.prefix)
        guard case .bytes(let bytes) = reply.body else {
            let visit = Visit(
                self, exchange, number: number, client: client, identity: exchange.request.identity([]), began: began)
            return finish(reply, visit, CueSheet())
        }
        let now = elapsed
        record(
            ExchangeRecord(
                exchange, reply, id: number, client: client, route: route(of: exchange.request), body: bytes,
                bodySize: bytes.count, began: began, head: now, ended: now,
                outcome: exchange.isDisconnected ? .clientLeft : .complete),
            exchange.connectionID, at: now)
        return reply
    }

    private func perform(_ visit: Visit, _ sheet: CueSheet) async -> Reply {
        visit.note(sheet.played)
        for status in sheet.interims { visit.exchange.sendInterim(status: status) }
        do {
            if sheet.headDelay > .zero { try await visit.sleep(sheet.headDelay) }
        } catch {
            return finish(Reply(body: .close), visit, sheet)
        }
        for changes in sheet.changes { set(changes) }
        for fault in sheet.wire { visit.impose(fault) }
        let bill = Bill(sheet.quotas)
        var reply = await answer(visit, sheet, bill)
        for (_, standing) in bill.quotas { reply.headers.append(contentsOf: fake.fields(of: standing)) }
        for (corruption, random) in sheet.corruptions {
            var broken = ReplyCorruption(corruption, random)
            reply = broken.corrupt(reply, target: visit.exchange.request.target)
        }
        if let (pieces, time) = sheet.dribble { reply.dribble(in: pieces, over: time, visit) }
        return finish(reply, visit, sheet)
    }

    private func answer(_ visit: Visit, _ sheet: CueSheet, _ bill: Bill) async -> Reply {
        switch sheet.answer {
        case .drop(let drop): return Reply(drop)
        case .down(let downfall):
            fall(downfall)
            return Reply(Drop(.hang))
        case .response(let response): return Reply(response)
        case .native(let error): visit.note(error: error.name)
        case nil: break
        }
        // Who is sent round in circles never reaches the server.
        if sheet.corruptions.contains(where: { $0.corruption.kind == .redirectLoop }) { return Reply(status: 307) }
        var direction = sheet.direction
        if bill.countsTokens { direction.charge = { [self] in charge($0, visit.client, bill) } }
        let answer =
            direction.isNone
            ? await fake.reply(to: visit.exchange) : await fake.reply(to: visit.exchange, with: direction)
        var reply = answer.whole
        if !sheet.edits.isEmpty { reply.edit(sheet.edits) }
        return reply
    }

    private func charge(_ tokens: Int, _ client: String, _ bill: Bill) {
        for (index, quota) in bill.quotas.enumerated() where quota.standing.quota.unit == .tokens {
            let standing = player?.charge(tokens, to: quota.rule, client: client, at: scenarioTime)
            if let standing { bill.quotas[index].standing = standing }
        }
    }

    /// Sees to what happens while the answer is sent, and to the journal.
    private func finish(_ reply: Reply, _ visit: Visit, _ sheet: CueSheet) -> Reply {
        var reply = reply
        switch reply.body {
        case .spelled:
            return finish(reply.whole, visit, sheet)
        case .bytes(let bytes):
            let left = visit.exchange.isDisconnected
            visit.finish(reply, body: bytes, size: bytes.count, outcome: left ? .clientLeft : .complete)
        case .stream(let produce):
            let isEvents = reply.isEventStream
            guard isRecording || logger != nil || sheet.touchesStream || looksAtSent else { return reply }
            let head = reply
            reply.body = .stream { [self] writer in
                try await stream(produce, to: writer, head, visit, sheet, isEvents: isEvents)
            }
        case .webSocket(var options, let run):
            var head = reply
            if isRecording, let fields = visit.exchange.handshakeFields(options, with: reply.headers) {
                head.headers = fields
            }
            let opening = head
            let screen = SocketScreen(visit, sheet)
            options.screen = screen
            reply.body = .webSocket(options) { [self] socket in
                visit.finish(opening, body: [], size: 0, outcome: .complete, opened: true)
                sockets[visit.number] = screen
                defer { sockets[visit.number] = nil }
                screen.open(socket)
                try await run(socket)
            }
        case .raw(let produce):
            let head = reply
            reply.body = .raw { writer in
                defer { visit.finish(head, body: [], size: 0, outcome: visit.brokenOff) }
                try await produce(writer)
            }
        case .abort, .close:
            visit.finish(reply, body: [], size: 0, outcome: visit.brokenOff)
        }
        return reply
    }

    private func stream(
        _ produce: @Sendable (ResponseWriter) async throws -> Void, to writer: ResponseWriter, _ head: Reply,
        _ visit: Visit, _ sheet: CueSheet, isEvents: Bool
    ) async throws {
        let screen = StreamScreen(visit, sheet, isEvents: isEvents)
        visit.noteHead()
        streams[visit.number] = (visit, writer)
        defer {
            streams[visit.number] = nil
            roomForStreams += screen.prefix.count
        }
        do {
            try await produce(
                writer.through(noting: screen.notes) { bytes, writer in try await screen.write(bytes, to: writer) })
            try await screen.finish(writer)
        } catch {
            let outcome: ExchangeOutcome =
                if let rule = screen.endedBy ?? sheet.cutBy {
                    .brokenOff(rule: rule)
                } else if visit.exchange.isDisconnected {
                    .clientLeft
                } else { .reset }
            visit.finish(head, body: screen.prefix, size: screen.size, outcome: outcome)
            throw error
        }
        visit.finish(head, body: screen.prefix, size: screen.size, outcome: .complete)
    }

    // MARK: Others

    /// The next WebSocket after this one's, for what goes astray.
    func otherSocket(than visit: Visit) -> SocketScreen? {
        let numbers = sockets.keys.sorted()
        guard let next = numbers.first(where: { $0 > visit.number }) ?? numbers.first, next != visit.number else {
            return nil
        }
        return sockets[next]
    }

    func otherStream(than visit: Visit) -> ResponseWriter? {
        let numbers = streams.keys.sorted()
        guard let next = numbers.first(where: { $0 > visit.number }) ?? numbers.first, next != visit.number else {
            return nil
        }
        return streams[next]?.writer
    }

    var openSockets: [SocketScreen] { sockets.keys.sorted().compactMap { sockets[$0] } }

    func route(of request: Request) -> String? {
        let key = RouteKey(method: request.method, path: request.path)
        if let known = knownRoutes[key] { return known }
        let route = match(request)
        if knownRoutes.count == 256 { knownRoutes = [:] }
        knownRoutes[key] = .some(route)
        return route
    }

    private func match(_ request: Request) -> String? {
        switch routes.match(method: request.method == "HEAD" ? "GET" : request.method, path: request.path) {
        case .found(let template, _): template
        case .methodNotAllowed, .notFound: nil
        }
    }

    func record(_ event: JournalEvent, _ connection: UInt64, at time: Duration? = nil) {
        journal?.append(event, fake: id, kind: kind, connection: connection, since: time ?? elapsed)
    }

    func record(_ exchange: ExchangeRecord, _ connection: UInt64, at time: Duration) {
        journal?.append(exchange, source: source, connection: connection, since: time)
    }

    func record(_ message: MessageRecord, _ connection: UInt64) {
        journal?.append(message, source: source, connection: connection, since: elapsed)
    }

    func opened(_ connection: UInt64) { connections.insert(connection) }
    func closed(_ connection: UInt64) { connections.remove(connection) }
}

private struct RouteKey: Hashable {
    let method: String
    let path: String
}

/// Where the quotas of an exchange stand, once it has been counted. On the fake's loop.
private final class Bill: @unchecked Sendable {
    // @unchecked because it is used only on the loop.
    var quotas: [(rule: String, standing: QuotaStanding)]

    init(_ quotas: [(rule: String, standing: QuotaStanding)]) {
        self.quotas = quotas
    }

    /// Whether tokens are to be counted: not for what is refused.
    var countsTokens: Bool { quotas.contains { $0.standing.quota.unit == .tokens && !$0.standing.isExceeded } }
}

/// The time of a scenario: the same for all fakes that play it.
public struct ScenarioClock: Sendable, Equatable {
    private let began: Duration
    private let now: @Sendable () -> Duration

    /// Begins now.
    ///
    /// - Parameter now: a clock that only goes forwards.
    public init(now: @escaping @Sendable () -> Duration) {
        self.now = now
        began = now()
    }

    public var elapsed: Duration { now() - began }

    /// Whether both began at once.
    public static func == (left: ScenarioClock, right: ScenarioClock) -> Bool { left.began == right.began }
}
