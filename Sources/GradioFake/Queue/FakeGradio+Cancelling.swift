import JSONTree
import SocketServer

extension FakeGradio {
    /// `POST /cancel`: always a success, whatever there was to cancel.
    ///
    /// As in the real server two things happen that need not fit together: what runs of that function for that
    /// session is ended without a word, and then the named event is declared to be over, wherever it is by now. So a
    /// waiting event that gets the worker of one that was ended runs all the same.
    func cancel(_ exchange: Exchange) async -> Reply {
        switch await read(exchange, .cancel) {
        case .failure(let refusal): return refusal.reply
        case .success(let body):
            let session = body["session_hash"]?.string ?? ""
            let running = events.values.filter { event in
                event.isRunning && event.session == session && event.function.id == body["fn_index"]?.int
            }
            for event in running { await end(event) }
            let id = body["event_id"]?.string ?? ""
            if let event = events[id] ?? running.first(where: { $0.id == id }) {
                if queue.withdraw(id) { events[id] = nil }
                deliver(.init(event: event.id, message: .completed(.cancelled)), to: session)
            }
            return .json(["success": true])
        }
    }

    /// Ends a running event: at once, but a generator that has given something when its step has ended.
    private func end(_ event: QueuedEvent) async {
        event.isCancelled = true
        if event.function.isGenerator, event.last != nil { return await event.waitForEnd() }
        runs[event.id]?.cancel()
        queue.finish(event.id, succeeded: false, now: now)
        events[event.id] = nil
        startWaiting()
    }

    /// `POST /reset`, which does nothing since 4; in 3 it ends a running event.
    func reset(_ exchange: Exchange) async -> Reply {
        switch await read(exchange, app.major == .three ? .oldReset : .reset) {
        case .failure(let refusal): return refusal.reply
        case .success(let body):
            guard app.major == .three else { return .json(["success": true]) }
            let running = events.values.first { event in
                event.session == body["session_hash"]?.string && event.function.id == body["fn_index"]?.int
            }
            running?.isCancelled = true
            return .json(["success": .bool(running != nil)])
        }
    }

    /// `POST /run/{name}` and `/api/{name}`: without the queue. An index in the body wins over the name.
    func run(_ name: String, _ exchange: Exchange, _ caller: Caller) async -> Reply {
        switch await read(exchange, .predict) {
        case .failure(let refusal): return refusal.reply
        case .success(let body):
            let index = body["fn_index"]?.int
            guard let function = index == nil ? app.function(named: name) : index.flatMap({ app.function($0) }) else {
                return internalError
            }
            if !app.definition.queue.apiOpen, function.definition.isQueued {
                return .detail(
                    404,
                    "This API endpoint does not accept direct HTTP POST requests. Please join the queue to use this API."
                )
            }
            if let refusal = invalid(function, body, .predict, caller) { return refusal }
            let session = body["session_hash"]?.string ?? "run \(exchange.connectionID)"
            do {
                var work = try await begin(
                    function, function.completed(body["data"]?.array ?? []), session: session, caller)
                let (values, isLast, seconds) = try await step(&work) { _ in }
                let output = QueueMessage.Output(
                    data: values ?? function.outputs.map { _ in .null }, isGenerating: !isLast, duration: seconds,
                    averageDuration: clocks[function.id]?.mean ?? seconds)
                return .json(messages.output(output))
            } catch let failure as AppFailure {
                return .json(messages.error(failure), status: 500)
            } catch {
                return internalError  // the client has gone, or the fake stops
            }
        }
    }
}
