import Fakes
import JSONTree
import SocketServer

extension FakeGradio {
    /// How a stream writes what it reads.
    private enum StreamStyle {
        /// `/queue/data`: one line of compact JSON a message.
        case messages
        /// `/call/…`: named events, with JSON as Python writes it, and only those that carry values.
        case namedEvents
    }

    /// `GET /queue/data`: the messages of a session.
    func data(_ query: QueryItems) -> Reply {
        guard let session = query["session_hash"] else { return BodyComplaint.missingQuery("session_hash").reply }
        return .events { writer in
            guard await self.hasBox(session) else {
                let text = await self.unknownSession
                try await writer.write(text)
                // The real server fails here, and the answer breaks off.
                throw CancellationError()
            }
            try await self.read(session, .messages, writer)
        }
    }

    /// `GET /call/{name}/{event}`: the values of an event. The name is not looked at.
    func callEvents(_ event: String) -> Reply {
        // Before 6 an event of somebody's own session is looked for under its own name, and not found.
        let session = app.major == .six ? events[event]?.session ?? callSessions[event] ?? event : event
        return .events { writer in
            guard await self.hasBox(session) else {
                let text = await self.named("error", .string(self.notFound))
                try await writer.write(text)
                throw CancellationError()
            }
            try await self.read(session, .namedEvents, writer)
        }
    }

    private var unknownSession: String {
        line(.unexpectedError(notFound, sessionNotFound: true), event: nil)
    }

    private var notFound: String { app.major >= .five ? "404: Not Found" : "404: Session not found." }

    /// Passes on what comes until nothing of the session is pending.
    private func read(_ session: String, _ style: StreamStyle, _ writer: ResponseWriter) async throws {
        guard let box = boxes[session] else { return }
        let (bell, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        readers += 1
        let reader = MessageBox.Reader(id: readers, bell: ring)
        unread -= box.weight
        box.attach(reader)
        let number = reader.id
        defer { box.detach(reader) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.beat(reader: number, of: session) }
            defer { group.cancelAll() }
            do {
                for await _ in bell {
                    while let letter = reader.take() {
                        if let text = text(of: letter, style) { try await writer.write(text) }
                        guard letter.message.isCompletion, let event = letter.event else { continue }
                        box.pending.remove(event)
                        callSessions[event] = nil
                        if box.pending.isEmpty { try await environment.sleep(Pace.close) }
                        if box.pending.isEmpty {
                            if style == .messages { try await writer.write(line(.closeStream, event: nil)) }
                            return
                        }
                    }
                }
            } catch {
                forget(session)
                throw error
            }
            // Woken for the last time: the client has gone, or the fake stops.
            if boxes[session] === box { forget(session) }
            throw CancellationError()
        }
    }

    /// Puts a sign of life before a reader at each interval, for as long as it reads.
    private func beat(reader: Int, of session: String) async {
        while !Task.isCancelled {
            do { try await environment.loop.clock.sleep(for: options.heartbeatInterval) } catch { return }
            guard let reader = boxes[session]?.readers.first(where: { $0.id == reader }) else { return }
            reader.deliver(.init(event: nil, message: .heartbeat))
        }
    }

    private func line(_ message: QueueMessage, event: String?) -> String {
        "data: \(messages.json(message, event: event).text(.compact))\n\n"
    }

    private func text(of letter: MessageBox.Letter, _ style: StreamStyle) -> String? {
        guard style == .namedEvents else { return line(letter.message, event: letter.event) }
        switch letter.message {
        case .generating(let output, _, _): return named("generating", .array(output.data))
        case .completed(.success(let output)): return named("complete", .array(output.data))
        case .completed(.cancelled): return named("complete", .null)
        case .completed(.failure(let failure, _)):
            return named("error", app.major == .six ? messages.error(failure) : .null)
        case .heartbeat: return named("heartbeat", .null)
        default: return nil
        }
    }

    private func named(_ name: String, _ data: JSON) -> String { "event: \(name)\ndata: \(data.text(.python))\n\n" }

    /// `GET /queue/status`.
    var queueStatus: Reply {
        guard app.major > .three else {
            return .json(
                OldEstimate(queue: queue, workers: app.definition.queue.defaultConcurrencyLimit).json(rank: nil))
        }
        return .json([
            "msg": "estimation", "event_id": nil, "rank": nil, "queue_size": .int(queue.waiting.count),
            "rank_eta": nil,
        ])
    }

    /// `GET /heartbeat/{session}`: tells the server that the page is there.
    func heartbeat(_ session: String) -> Reply {
        .events { writer in
            await self.setPresent(true, session)
            do {
                try await self.tick(writer)
            } catch {
                await self.setPresent(false, session)
                throw error
            }
        }
    }

    /// A sign of life at once and at each interval, until the app closes.
    private func tick(_ writer: ResponseWriter) async throws {
        let (ticks, ticking) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        readers += 1
        let number = readers
        tickers[number] = ticking
        defer { tickers[number] = nil }
        ticking.yield()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    do { try await self.environment.loop.clock.sleep(for: self.options.heartbeatInterval) } catch {
                        return
                    }
                    ticking.yield()
                }
            }
            defer { group.cancelAll() }
            for await _ in ticks { try await writer.write("data: ALIVE\n\n") }
        }
        try Task.checkCancellation()
    }

    private func setPresent(_ isPresent: Bool, _ session: String) {
        states.setPresent(isPresent, session: session, now: now)
        states.expire(now: now)
    }

    /// `GET /dev/reload`: nothing ever changes here.
    var devReload: Reply {
        .events { writer in
            while true {
                try await self.environment.loop.clock.sleep(for: self.options.heartbeatInterval)
                try await writer.write("event: heartbeat\ndata: {}\n\n")
            }
        }
    }
}
