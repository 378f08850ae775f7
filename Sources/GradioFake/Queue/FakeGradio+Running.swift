import Fakes
import JSONTree
import SocketServer

/// A function in progress, with what has been sent of its progress reports.
struct Work {
    var run: FunctionRun
    let function: AppFunction
    let session: String
    let caller: Caller
    /// When the last report was sent, and the one that waits.
    var reported = -1.0
    var report: ProgressUnit?
    /// The event that it is done for; nil past the queue.
    var event: QueuedEvent?
    /// Whether it has come to a step.
    var hasLingered = false
}

extension FakeGradio {
    /// Between two progress reports; newer ones replace those that wait.
    private var reportInterval: Double {
        switch app.major {
        case .six: 0.01
        case .five, .four: 0.05
        case .three: 0.1
        }
    }

    /// Runs an event, or the events of a batch, to the end.
    func work(_ ids: [String], eta: Double?) async {
        defer {
            runs[ids[0]] = nil
            startWaiting()
        }
        let batch = ids.compactMap { events[$0] }
        guard let first = batch.first else { return }
        var succeeded = false
        do {
            try await environment.sleep(Pace.start)
            for event in batch { post(.starts(eta: eta), for: event) }
            succeeded = first.function.batchSize != nil ? await runBatch(batch) : await runOne(first)
        } catch {}  // cancelled before it began, or the fake stops
        queue.finish(ids[0], succeeded: succeeded, now: now)
        for event in batch {
            events[event.id] = nil
            event.releaseCancellers()
        }
    }

    /// Runs an event of version 3, whose messages go into a box of its own.
    func workOnSocket(_ id: String, box: String) async -> Bool {
        guard let event = events[id] else { return false }
        return await runOne(event, box: box)
    }

    private func runOne(_ event: QueuedEvent, box: String? = nil) async -> Bool {
        var count = 0
        do {
            var work = try await begin(event)
            while true {
                let (values, isLast, seconds) = try await step(&work) { self.post(to: box, $0, for: event) }
                if event.isCancelled { return false }
                // Nobody reads any more: a generator is closed at its yield.
                if !event.isAlive, !isLast { return false }
                // An exhausted generator repeats what it gave last.
                let data = values ?? event.last ?? event.function.outputs.map { _ in .null }
                let output = QueueMessage.Output(
                    data: data, isGenerating: !isLast, duration: seconds,
                    averageDuration: clocks[event.function.id]?.mean ?? seconds)
                if isLast {
                    post(to: box, .completed(.success(completion(output, event))), for: event)
                    return true
                }
                let edits = event.isSimple ? nil : edits(from: event.last, to: data, of: event.function)
                post(
                    to: box, .generating(output, edits: edits, isStream: event.function.definition.isStream), for: event
                )
                event.last = data
                count += 1
            }
        } catch let failure as AppFailure {
            if event.isCancelled { return false }
            clocks[event.function.id, default: FunctionClock()].failures += 1
            post(to: box, .completed(.failure(failure, isLate: count > 0)), for: event)
            return false
        } catch {
            return false  // cancelled while it slept, or the fake stops
        }
    }

    /// The last message of a generator; version 3 repeats the last one as it was.
    private func completion(_ output: QueueMessage.Output, _ event: QueuedEvent) -> QueueMessage.Output {
        guard app.major == .three, event.last != nil else { return output }
        var output = output
        output.isGenerating = true
        return output
    }

    /// Edits against the values that the client has; nil for the first, which are whole.
    private func edits(from old: [JSON]?, to new: [JSON], of function: AppFunction) -> [JSON]? {
        guard let old, app.major > .three else { return nil }
        return new.indices.map { place in
            EditScript.edits(from: old[place], to: new[place], isOpaque: function.outputs[place].kind == "json")
        }
    }

    /// A batch function is written for one element: it sleeps once, and runs for each.
    private func runBatch(_ batch: [QueuedEvent]) async -> Bool {
        var outcomes: [(QueuedEvent, Result<[JSON], AppFailure>)] = []
        var duration = 0.0
        for (place, event) in batch.enumerated() {
            do {
                var work = try await begin(event, batchSize: batch.count)
                let (values, _, seconds) = try await step(&work, sleeps: place == 0) { self.post($0, for: event) }
                if place == 0 { duration = seconds }
                outcomes.append((event, .success(values ?? [])))
            } catch let failure as AppFailure {
                outcomes.append((event, .failure(failure)))
            } catch {
                return false  // cancelled while it slept, or the fake stops
            }
        }
        var succeeded = true
        for (event, outcome) in outcomes {
            switch outcome {
            case .success(let values) where !event.isCancelled:
                let output = QueueMessage.Output(
                    data: values, isGenerating: false, duration: duration,
                    averageDuration: clocks[event.function.id]?.mean ?? duration)
                post(.completed(.success(output)), for: event)
            case .success: break
            case .failure(let failure):
                succeeded = false
                post(.completed(.failure(failure, isLate: false)), for: event)
            }
        }
        return succeeded
    }

    private func begin(_ event: QueuedEvent, batchSize: Int = 1) async throws(AppFailure) -> Work {
        var work = try await begin(
            event.function, event.values, session: event.session, event.caller, batchSize: batchSize)
        work.event = event
        return work
    }

    /// A function at its beginning, with the arguments that it gets.
    func begin(
        _ function: AppFunction, _ values: [JSON], session: String, _ caller: Caller, batchSize: Int = 1
    ) async throws(AppFailure) -> Work {
        guard let behaviour = function.behaviour else {
            throw .type("'NoneType' object is not callable")
        }
        for value in values { await realize(value) }
        files.now = now
        var values = values
        // What clients send for a state is not looked at.
        for (place, component) in function.inputs.enumerated() where component.isState && place < values.count {
            values[place] = states.value(of: component, in: session)
        }
        let arguments = try ComponentValues(major: app.major, root: caller.root)
            .arguments(values, of: function, files: &files)
        var scope = variables(for: function, arguments, caller, session: session)
        scope["batch_size"] = .int(batchSize)
        return Work(
            run: FunctionRun(
                behaviour, named: function.apiName, outputs: function.outputs.map(\.type),
                values: ExpressionValues(variables: scope, files: FileStore(style: .sha256, limit: 0))),
            function: function, session: session, caller: caller)
    }

    /// What a function may read.
    func variables(
        for function: AppFunction, _ arguments: [JSON], _ caller: Caller, session: String
    ) -> [String: JSON] {
        var scope: [String: JSON] = [
            "request": ["username": caller.user.map { .string($0) } ?? .null, "session_hash": .string(session)],
            "gradio": .int(app.major.rawValue), "batch_size": 1, "session_hash": .string(session),
        ]
        for (input, value) in zip(function.definition.inputs, arguments) { scope[input.parameter] = value }
        return scope
    }

    /// Lets a function go on to its next values.
    ///
    /// - Parameters:
    ///   - sleeps: whether its waits are waited.
    ///   - report: takes progress and messages to the user.
    /// - Returns: the values as the client gets them, nil from an exhausted generator; whether it has ended; and how
    ///   long it took.
    /// - Throws: ``AppFailure``, or `CancellationError`.
    func step(
        _ work: inout Work, sleeps: Bool = true, report: (QueueMessage) -> Void
    ) async throws -> (values: [JSON]?, isLast: Bool, seconds: Double) {
        if sleeps { try await environment.sleep(Pace.call) }
        let began = now
        if sleeps { try await environment.sleep(Pace.function) }
        while true {
            try work.meetTrouble()
            files.now = now
            swap(&work.run.values.files, &files)
            let next = Result { () throws(AppFailure) in try work.run.next() }
            swap(&work.run.values.files, &files)
            switch try next.get() {
            case .sleep(let seconds):
                if sleeps { try await pause(seconds, &work, report) }
            case .progress(let unit):
                try await work.linger(in: environment)
                send(unit, &work, report)
            case .log(let message): report(.log(message))
            case .yield(let values):
                try await work.linger(in: environment)
                let results = try await finish(values, work)
                return (results, false, count(work.function, since: began))
            case .finish(let values?):
                if !work.hasLingered { try await work.linger(in: environment) }
                let results = try await finish(values, work)
                return (results, true, count(work.function, since: began))
            case .finish(nil): return (nil, true, count(work.function, since: began))
            }
        }
    }

    /// Keeps the states and turns the other values into what clients get.
    private func finish(_ values: [JSON], _ work: Work) async throws(AppFailure) -> [JSON] {
        for (component, value) in zip(work.function.outputs, values) where component.isState {
            states.set(value, of: component, in: work.session)
        }
        for (component, value) in zip(work.function.outputs, values) where component.tellsBytes(in: app.major) {
            await realize(value)
        }
        return try ComponentValues(major: app.major, root: work.caller.root)
            .results(values, of: work.function, files: &files)
    }

    private func count(_ function: AppFunction, since began: Double) -> Double {
        let seconds = max(0, now - began)
        clocks[function.id, default: FunctionClock()].add(seconds)
        return seconds
    }

    /// Sends a report at once, or lets it wait if one was sent just now.
    private func send(_ unit: ProgressUnit, _ work: inout Work, _ report: (QueueMessage) -> Void) {
        guard now - work.reported >= reportInterval else {
            work.report = unit
            return
        }
        work.report = nil
        work.reported = now
        report(.progress(unit))
    }

    /// Sleeps; a report that waits is sent when its time has come.
    private func pause(_ seconds: Double, _ work: inout Work, _ report: (QueueMessage) -> Void) async throws {
        var rest = seconds
        if let unit = work.report {
            let wait = min(rest, max(0, work.reported + reportInterval - now))
            try await environment.sleep(.seconds(wait))
            rest -= wait
            work.report = nil
            work.reported = now
            report(.progress(unit))
        }
        try await environment.sleep(.seconds(rest))
        try Task.checkCancellation()
    }
}
