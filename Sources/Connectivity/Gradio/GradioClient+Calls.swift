// Calls: how they are sent and listened to.
extension GradioClient {
    /// Calls a function with arguments by place.
    public func call(_ name: String, _ arguments: JSONValue...) async throws -> GradioCall {
        try await call(name, arguments, [:])
    }

    /// Calls a function with arguments by name; the app's own defaults stand in for those that are missing.
    public func call(_ name: String, _ arguments: [String: JSONValue]) async throws -> GradioCall {
        try await call(name, [], arguments)
    }

    private func call(
        _ name: String, _ places: [JSONValue], _ names: [String: JSONValue]
    ) async throws -> GradioCall {
        let app = try await loaded()
        let wanted = name.hasPrefix("/") ? String(name.dropFirst()) : name
        guard let endpoint = app.endpoints.first(where: { $0.name == wanted }) else {
            throw peer.error(
                .invalidArgument, expected: "one of \(app.endpoints.map(\.name).joined(separator: ", "))",
                came: "got \(name)")
        }
        let arguments: [JSONValue]
        do throws(GradioEndpoint.ArgumentFault) {
            arguments = try endpoint.arguments(places, names)
        } catch {
            throw peer.error(.invalidArgument, expected: "\(error.expected) for \(wanted)", came: error.came)
        }
        return app.delivery == .webSocket
            ? try await callOverWebSocket(endpoint, arguments) : try await join(endpoint, arguments, app)
    }

    // MARK: Joining

    private func join(_ endpoint: GradioEndpoint, _ arguments: [JSONValue], _ app: GradioApp) async throws -> GradioCall
    {
        let body: JSONValue = [
            "data": .array(arguments), "fn_index": .integer(endpoint.index), "session_hash": .string(session),
        ]
        let request = HTTPCall.json(url + app.prefix + "/queue/join", body, headers: [("x-gradio-user", "api")])
        // An answer that never came may have been a join: only a plain no is asked again.
        joining += 1
        defer {
            joining -= 1
            // What is left there is of calls that have ended.
            if joining == 0 { early = [:] }
        }
        let id = try await repeated(if: { $0.isPlainRefusal }) { left in
            try JSONView(parsing: try await fetched(request, left), source: source(request)).member("event_id").text
        }
        let events = try open(id, hasEdits: app.delivery.hasEdits)
        for message in early.removeValue(forKey: id) ?? [] { take(message, id) }
        listen(app)
        return GradioCall(id: id, events: events) { [weak self] in
            try await self?.cancel(id, endpoint.index, app)
        }
    }

    func open(
        _ id: String, hasEdits: Bool
    ) throws(ConnectivityError) -> AsyncThrowingStream<GradioEvent, any Error> {
        try demandOpen()
        let (events, continuation) = AsyncThrowingStream<GradioEvent, any Error>.makeStream()
        let deadline = Task {
            guard (try? await settings.time.sleep(for: settings.callDeadline)) != nil else { return }
            self.fail(
                id,
                self.peer.error(
                    .timeout, expected: "an output within \(settings.callDeadline)", came: "the call had not ended",
                    phase: .total))
        }
        calls[id] = OpenCall(events: continuation, reading: CallReading(hasEdits: hasEdits), deadline: deadline)
        return events
    }

    private func cancel(_ id: String, _ index: Int, _ app: GradioApp) async throws {
        guard calls[id] != nil else { return }
        let body: JSONValue = [
            "session_hash": .string(session), "fn_index": .integer(index), "event_id": .string(id),
        ]
        let request = HTTPCall.json(url + app.prefix + "/cancel", body)
        _ = try await repeated { left in try await fetched(request, left) }
    }

    // MARK: Listening

    private func listen(_ app: GradioApp) {
        guard reader == nil, !calls.isEmpty else { return }
        reader = Task {
            await self.read(app)
            self.reader = nil
            self.listen(app)
        }
    }

    /// Reads one stream of the session to its end.
    private func read(_ app: GradioApp) async {
        let query = PercentEncoding.query(["session_hash": session])
        var request = HTTPCall(
            url: "\(url)\(app.prefix)/queue/data?\(query)", headers: [("Accept", "text/event-stream")])
        request.headers += cookieHeader
        request.maximumBodyBytes = .max  // the stream of a busy session has no end; single events are bounded
        request.deadline = .seconds(24 * 3600)
        do {
            // Until a stream begins, the server keeps the messages: asking again loses nothing.
            let reply = try await repeated { _ in
                let reply = try await repeated.transfers.open(request)
                guard reply.status == 200 else {
                    let body = try await reply.body.collect()
                    throw reply.failure(ErrorText.message(in: body), body: body)
                }
                return reply
            }
            for try await event in try EventStream(reply) {
                if try take(event, app, request) { return }
            }
            // Only up to version sse_v2.1 does a stream end by itself; and there nothing may be open then.
            guard calls.isEmpty else {
                throw peer.error(.truncated, expected: "the end of the session's stream", came: "it broke off")
            }
        } catch let error as ConnectivityError {
            failAll(error)
        } catch {
            failAll(peer.error(.cancelled, expected: "the session's stream", came: "it was cancelled"))
        }
    }

    /// - Returns: whether the stream has come to its end.
    private func take(_ event: ServerSentEvent, _ app: GradioApp, _ request: HTTPCall) throws -> Bool {
        let view = try JSONView(parsing: Array(event.data.utf8), source: source(request))
        switch try view.member("msg").text {
        case "close_stream":
            missAll()
            return true
        case "heartbeat": return false
        case "unexpected_error":
            throw peer.error(
                view.value["session_not_found"]?.bool == true ? .truncated : .serverError,
                expected: "messages of session \(session)",
                came: "the app says: \(view.value["message"]?.string ?? "an unexpected error")")
        default:
            let id = try view.member("event_id").text
            if calls[id] != nil {
                take(view, id)
            } else if joining > 0 {
                early[id, default: []].append(view)
            }
            return !app.delivery.isClosedByServer && calls.isEmpty
        }
    }

    func take(_ view: JSONView, _ id: String) {
        guard var call = calls[id] else { return }
        call.isHeard = true
        do throws(ConnectivityError) {
            let step = try call.reading.take(view)
            calls[id] = call
            switch step {
            case .nothing: break
            case .event(let event):
                call.events.yield(event)
                if case .completed = event { finish(id, nil) }
            case .failed(let error): finish(id, error)
            }
        } catch {
            finish(id, error)
        }
    }

    /// The stream has ended in order: calls of which it has told, but no end, have none.
    private func missAll() {
        for id in calls.keys.sorted() {
            guard let call = calls[id] else { continue }
            if call.isHeard || call.missed > 0 {
                fail(id, peer.error(.truncated, expected: "the end of the call", came: "the stream closed before it"))
            } else {
                // It was joined as the stream was closing: the next one will tell of it.
                calls[id]?.missed += 1
            }
        }
    }

    func fail(_ id: String, _ error: ConnectivityError) { finish(id, error) }

    func failAll(_ error: ConnectivityError) {
        for id in calls.keys.sorted() { finish(id, error) }
    }

    private func finish(_ id: String, _ error: ConnectivityError?) {
        guard let call = calls.removeValue(forKey: id) else { return }
        call.deadline.cancel()
        call.carrier?.cancel()
        call.events.finish(throwing: error)
        Measure.jobs.count(peer.service, error?.code.description ?? "finished")
    }
}

extension ConnectivityError {
    /// Whether the service has surely not begun anything.
    var isPlainRefusal: Bool { code == .refused || status == 503 || status == 429 }
}

extension GradioApp.Delivery {
    /// Whether the server closes the session's stream, by a message of its own.
    var isClosedByServer: Bool { self == .closing }
}
