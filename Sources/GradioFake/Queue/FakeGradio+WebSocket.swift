import Fakes
import JSONTree
internal import Scenarios
import SocketServer

extension FakeGradio {
    /// `/queue/join` of version 3: one socket for each call.
    func webSocketQueue(_ exchange: Exchange, _ caller: Caller) -> Reply {
        guard exchange.wantsWebSocket else { return .detail(404, "Not Found") }
        if !options.app.launch.users.isEmpty, caller.user == nil { return .empty(403) }
        let options = WebSocketOptions(
            compression: true, maximumMessageBytes: 16 << 20, connectionValue: "Upgrade", deflateAnswer: "")
        return Reply(
            headers: [:],
            body: .webSocket(options) { socket in try await self.serve(socket, caller) })
    }

    private func serve(_ socket: WebSocket, _ caller: Caller) async throws {
        try await say(["msg": "send_hash"], on: socket)
        guard let head = await listen(on: socket, for: .seconds(5)), let index = head["fn_index"]?.int,
            let session = head["session_hash"]?.string
        else { return }
        guard !queue.isFull, caller.trouble != .queueFull else {
            try await say(["msg": "queue_full"], on: socket)
            return
        }
        guard let function = app.function(index) else { return }
        var luck = environment.random("socket", session, repetitions.name(session, Array("\(index)".utf8)))
        let id = luck.hex(32)
        let turn = Turn()
        turns[id] = turn
        defer { turns[id] = nil }
        _ = queue.join(
            .init(id: id, function: function.id, group: function.group, session: session), now: now)
        try await say(estimate(of: id), on: socket)
        startTurns()
        do {
            for await news in turn.news {
                if news == .started { break }
                try await say(estimate(of: id), on: socket)
            }
            try Task.checkCancellation()
            try await process(function, id, session, caller, socket)
        } catch {
            _ = queue.withdraw(id)
            queue.finish(id, succeeded: false, now: now)
            startTurns()
            throw error
        }
    }

    private func process(
        _ function: AppFunction, _ id: String, _ session: String, _ caller: Caller, _ socket: WebSocket
    ) async throws {
        var succeeded = false
        defer {
            queue.finish(id, succeeded: succeeded, now: now)
            startTurns()
        }
        try await say(["msg": "send_data"], on: socket)
        guard let body = await listen(on: socket, for: .seconds(60)) else {
            try await say(
                [
                    "msg": "process_completed", "output": ["error": "Time out uploading data to server"],
                    "success": false,
                ], on: socket)
            return
        }
        try await say(["msg": "process_starts"], on: socket)
        let event = QueuedEvent(
            id: id, function: function, session: session, values: body["data"]?.array ?? [], caller: caller,
            isSimple: true)
        events[id] = event
        let box = MessageBox()
        let (bell, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        readers += 1
        let reader = MessageBox.Reader(id: readers, bell: ring)
        box.attach(reader)
        // A box of its own: version 3 has no stream of a session.
        let own = "socket \(id)"
        boxes[own] = box
        defer {
            boxes[own] = nil
            events[id] = nil
            event.isAlive = false
        }
        succeeded = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { await self.workOnSocket(id, box: own) }
            defer { group.cancelAll() }
            reading: for await _ in bell {
                while let letter = reader.take() {
                    try await say(messages.json(letter.message, event: nil), on: socket)
                    if letter.message.isCompletion { break reading }
                }
            }
            try Task.checkCancellation()
            return try await group.next() ?? false
        }
    }

    /// The estimation for one who waits.
    private func estimate(of id: String) -> JSON {
        let rank = queue.waiting.firstIndex { $0.id == id } ?? 0
        return OldEstimate(queue: queue, workers: app.definition.queue.defaultConcurrencyLimit).json(rank: rank)
    }

    /// Begins the turns of those whose worker is free, and tells the others where they stand.
    func startTurns() {
        while !isPaused, let start = queue.start(now: now) {
            for entry in start.entries { turns[entry.id]?.start() }
            for entry in queue.waiting { turns[entry.id]?.move() }
        }
    }

    private func say(_ message: JSON, on socket: WebSocket) async throws {
        try await socket.send(message.text(.compactASCII))
    }

    /// The next message, if it comes in time.
    private func listen(on socket: WebSocket, for limit: Duration) async -> JSON? {
        let loop = environment.loop
        let timer = Task(executorPreference: loop) {
            do { try await loop.clock.sleep(for: limit) } catch { return }
            await socket.close(code: 1000)
        }
        defer { timer.cancel() }
        guard case .text(let text)? = await socket.receive() else { return nil }
        return try? JSON(parsing: text, options: .python)
    }
}

/// The place of one WebSocket in the queue. Lives on the fake's loop.
final class Turn {
    /// What it is told.
    enum News: Equatable {
        case moved, started
    }

    let news: AsyncStream<News>
    private let teller: AsyncStream<News>.Continuation

    init() { (news, teller) = AsyncStream.makeStream() }

    /// Somebody before it has begun.
    func move() { teller.yield(.moved) }

    /// It is its turn.
    func start() {
        teller.yield(.started)
        teller.finish()
    }
}
