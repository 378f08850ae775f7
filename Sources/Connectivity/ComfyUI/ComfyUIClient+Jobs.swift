// Jobs: how they are sent, what becomes of them, and how that is found out when messages are missing.
extension ComfyUIClient {
    /// Sends a workflow in the API's form: node ids and their nodes.
    ///
    /// Connected, it returns when the server has taken the job. Otherwise the job is kept, and sent in its turn once
    /// there is a connection.
    ///
    /// - Parameter extra: `extra_data` of the API.
    /// - Throws: ``JobFailure`` if the server refuses it; ``ConnectivityError`` `queue_full` if too many wait already.
    public func sendWorkflow(_ workflow: JSONValue, extra: JSONValue? = nil) async throws -> ComfyUIJob {
        guard state != .closed else { throw error(.closed, "an open client", "it was closed") }
        guard workflow.object != nil else {
            throw error(.invalidArgument, "a workflow, which is an object of nodes", "got \(workflow.kind)")
        }
        guard waiting.count < settings.queueLimit else {
            throw error(.queueFull, "room for another job", "\(waiting.count) are waiting already")
        }
        let id = settings.makeID()
        let (events, continuation) = AsyncStream<JobEvent>.makeStream()
        jobs[id] = Job(workflow: workflow, extra: extra, events: continuation, heard: settings.time.now)
        waiting.append(id)
        guard state == .connected else { return ComfyUIJob(id: id, events: events) }
        start { await $0.sendWaiting() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { jobs[id]?.submitter = $0 }
        } onCancel: {
            Task { await self.withdraw(id) }
        }
        return ComfyUIJob(id: id, events: events)
    }

    /// Stops a job, whether it runs, waits at the server or waits here. It ends with `interrupted`, unless its end
    /// comes first.
    public func interrupt(_ job: ComfyUIJob) async throws {
        guard jobs[job.id] != nil else { return }
        if waiting.contains(job.id), !mayArrive(job.id) { return end(job.id, .interrupted) }
        jobs[job.id]?.isInterrupted = true
        try await requests.deletePending(job.id)
        try await requests.interrupt(job.id)
        await settleAll()
    }

    // MARK: Sending

    /// Sends what waits, one after the other, as long as there is a connection.
    func sendWaiting() async {
        guard !isSending else {
            sendsAgain = true
            return
        }
        isSending = true
        defer {
            isSending = false
            if sendsAgain {
                sendsAgain = false
                start { await $0.sendWaiting() }
            }
        }
        while isInReach, !Task.isCancelled, let id = waiting.first {
            do {
                try await requests.repeated.guarded { try await self.send(id) }
            } catch let failure as ConnectivityError where state == .connected && !Task.isCancelled {
                drop(id, failure)
            } catch {
                return  // the connection is gone, and the job stays where it is
            }
        }
    }

    /// Sends a job until the server has it or has refused it: one call for the circuit, with all its tries.
    private func send(_ id: String) async throws {
        let asked = requests.unguarded
        var tried = 0
        while isInReach, !Task.isCancelled {
            guard let job = jobs[id] else { return waiting.removeAll { $0 == id } }
            let epoch = epoch
            do {
                if job.mayBeKnown, try await isKnown(id, asked) { return didTake(id, epoch) }
                if jobs[id]?.isInterrupted == true { return end(id, .interrupted) }
                switch try await asked.submit(job.workflow, id: id, client: self.id, extra: job.extra) {
                case .taken: didTake(id, epoch)
                case .refused(let failure): drop(id, failure)
                }
                return
            } catch let failure as ConnectivityError {
                // Refused at the door, the server cannot have it; otherwise only the server can tell.
                if failure.code != .refused { jobs[id]?.mayBeKnown = true }
                guard state == .connected, !Task.isCancelled else { throw failure }
                tried += 1
                if let wait = settings.retry.wait(
                    after: failure, tried: tried, luck: settings.luck(), left: .seconds(3600))
                {
                    try await asked.repeated.pause(wait, failure)
                } else if failure.leavesOpen, (try? await isKnown(id, asked)) == true {
                    // What came was no answer to us, and yet the server had understood.
                    return didTake(id, epoch)
                } else {
                    throw failure
                }
            } catch {
                jobs[id]?.mayBeKnown = true
                throw error
            }
        }
    }

    /// Whether the server has a job whose submission was never answered.
    ///
    /// A server may still be at the request that it did not answer: so it is asked more than once before the answer
    /// counts as no.
    private func isKnown(_ id: String, _ requests: ComfyUIRequests) async throws -> Bool {
        for wait in [Duration.zero, .milliseconds(100), .milliseconds(200)] {
            if wait > .zero { try await settings.time.sleep(for: wait) }
            let queue = try await requests.queue()
            if queue.running.contains(id) || queue.pending.contains(id) { return true }
            if try await requests.history(of: id) != nil { return true }
        }
        return false
    }

    /// - Parameter epoch: the connection that there was when it was sent.
    private func didTake(_ id: String, _ epoch: Int) {
        waiting.removeAll { $0 == id }
        guard var job = jobs[id] else { return }
        let wasUnclear = job.mayBeKnown
        job.mayBeKnown = false
        job.epoch = epoch
        job.heard = settings.time.now
        let events = job.progress.take()
        let submitter = job.submitter
        job.submitter = nil
        jobs[id] = job
        for event in events { job.events.yield(event) }
        submitter?.resume()
        // It may have run while nobody listened, or nobody may want it any more.
        if wasUnclear || job.isInterrupted { start { await $0.settleAll() } }
    }

    /// The server does not want it, or cannot be had: whoever sent it learns of it, there or in the events.
    private func drop(_ id: String, _ failure: any Error) {
        waiting.removeAll { $0 == id }
        guard let job = jobs[id] else { return }
        jobs[id]?.submitter = nil
        job.submitter?.resume(throwing: failure)
        let asFailure = failure as? JobFailure ?? (failure as? ConnectivityError).map { JobFailure($0) }
        if let asFailure { end(id, .failed(asFailure)) }
    }

    /// Nobody waits for an answer to what waits for a connection.
    func letSubmittersGo() {
        for id in waiting {
            let submitter = jobs[id]?.submitter
            jobs[id]?.submitter = nil
            submitter?.resume()
        }
    }

    /// Whoever sent it has gone away before the server had it.
    private func withdraw(_ id: String) async {
        guard let submitter = jobs[id]?.submitter else { return }
        let cancelled = error(.cancelled, "the server to take the job", "the task was cancelled")
        guard mayArrive(id) else { return drop(id, cancelled) }
        jobs[id]?.isInterrupted = true  // it is stopped when it arrives
        jobs[id]?.submitter = nil
        submitter.resume(throwing: cancelled)
    }

    /// Whether a job that waits may come to the server all the same: it is on its way, or has been.
    private func mayArrive(_ id: String) -> Bool { isSending && waiting.first == id || jobs[id]?.mayBeKnown == true }

    // MARK: Listening

    func take(_ message: ComfyUIMessage) {
        switch message {
        case .status(let remaining, _):
            // Nothing is left to do, and yet some job has not ended: its messages are missing.
            if remaining == 0, hasOutstanding { start { await $0.settleAll() } }
            return
        case .other: return
        default: break
        }
        guard let id = message.job ?? runningJob, jobs[id] != nil else {
            // The greeting names the node of a running job that nobody else could have asked for.
            if case .executing(nil, _) = message { return }
            if let id = message.job, endedJobs.contains(id) { return }
            ignored.foreign += 1
            Measure.ignored.count(requests.peer.service, "foreign")
            return
        }
        jobs[id]?.heard = settings.time.now
        switch message {
        case .started, .executing: runningJob = id
        case .ended, .raised, .interrupted: runningJob = nil
        default: break
        }
        guard let events = jobs[id]?.progress.take(message) else { return }
        for event in events { deliver(event, to: id) }
        switch message {
        case .succeeded, .ended: start { await $0.settle(id) }
        default: break
        }
    }

    private var hasOutstanding: Bool {
        jobs.values.contains { $0.progress.stage == .taken || $0.progress.stage == .running }
    }

    private func deliver(_ event: JobEvent, to id: String) {
        jobs[id]?.events.yield(event)
        guard event.isLast, let job = jobs.removeValue(forKey: id) else { return }
        endedJobs.append(id)
        if endedJobs.count > 16 { endedJobs.removeFirst() }
        job.events.finish()
        Measure.jobs.count(requests.peer.service, event.outcome)
        waiting.removeAll { $0 == id }
        if runningJob == id { runningJob = nil }
        // The end may come before the answer to the submission does.
        job.submitter?.resume()
    }

    /// The end of a job, unless it has ended before.
    func end(_ id: String, _ event: JobEvent) {
        for event in jobs[id]?.progress.end(event) ?? [] { deliver(event, to: id) }
    }

    // MARK: Finding out

    /// Asks the server what became of all jobs that it took, sends again those that it has lost, and then what waits.
    func settleAll() async {
        guard !isAsking else {
            asksAgain = true
            return
        }
        isAsking = true
        do {
            let epoch = epoch
            // First the queue: a job that leaves it between the two questions is in the history by then.
            let asked = jobs.filter { $0.value.progress.stage > .waiting }.map(\.key).sorted()
            if !asked.isEmpty {
                let queue = try await requests.queue()
                var lost: [String] = []
                for id in asked where jobs[id] != nil {
                    if try await !settle(id, queue) { lost.append(id) }
                }
                // What a server says after the connection is lost may be the word of another, started since.
                sendAgain(lost, isSame: state == .connected && self.epoch == epoch)
            }
        } catch {
            // Not to be asked now: the next quiet time, or the next connection, will tell.
        }
        isAsking = false
        if asksAgain {
            asksAgain = false
            if state == .connected { start { await $0.settleAll() } }
        }
        await sendWaiting()
    }

    /// - Returns: whether the server knows the job.
    private func settle(_ id: String, _ queue: JobQueue) async throws -> Bool {
        guard queue.running.contains(id) || queue.pending.contains(id) else {
            guard let entry = try await requests.history(of: id) else { return jobs[id] == nil }
            end(id, entry.event)
            return true
        }
        jobs[id]?.heard = settings.time.now
        if queue.running.contains(id) {
            for event in jobs[id]?.progress.run() ?? [] { deliver(event, to: id) }
        }
        if jobs[id]?.isInterrupted == true {
            try await requests.deletePending(id)
            try await requests.interrupt(id)  // it may have begun since the queue was asked for
            if queue.pending.contains(id) { asksAgain = true }
        }
        return true
    }

    /// - Parameter isSame: whether it is surely the server that has taken the jobs of this connection.
    private func sendAgain(_ lost: [String], isSame: Bool) {
        var again: [String] = []
        for id in lost {
            guard let job = jobs[id] else { continue }
            if job.isInterrupted {
                end(id, .interrupted)
            } else if job.progress.stage == .succeeded {
                end(id, .finished(JobResult(outputs: job.progress.outputs)))
            } else if job.epoch < epoch {
                // Taken over an earlier connection, and gone: the server was started anew and has forgotten it.
                jobs[id]?.progress.startOver()
                again.append(id)
            } else if isSame {
                let gone = error(.jobFailed, "the job in the server's queue or history", "somebody has deleted it")
                end(id, .failed(JobFailure(gone)))
            }
        }
        waiting.insert(contentsOf: again, at: 0)
    }

    /// Fetches the outputs of a job that has ended, or seems to; does nothing for one that goes on.
    ///
    /// The history may come a little later than the message (protocol, section 3).
    private func settle(_ id: String) async {
        var wait = Duration.milliseconds(10)
        while jobs[id] != nil, !Task.isCancelled {
            if let entry = try? await requests.history(of: id) { return end(id, entry.event) }
            guard let job = jobs[id], job.progress.stage == .succeeded || job.isInterrupted else { return }
            if job.isInterrupted { return await settleAll() }
            guard wait < .seconds(10) else {
                // All went well, by the server's word: what its nodes have shown is the result.
                return end(id, .finished(JobResult(outputs: job.progress.outputs)))
            }
            try? await settings.time.sleep(for: wait)
            wait *= 2
        }
    }

    /// Asks after jobs of which nothing is heard for long: messages may have been lost. Those that nobody can tell of fail in
    /// the end.
    func watchQuiet() async {
        let watched = epoch
        while !Task.isCancelled, epoch == watched {
            do { try await settings.time.sleep(for: settings.quiet) } catch { return }
            if !waiting.isEmpty || !unheard(for: settings.quiet).isEmpty { await settleAll() }
            for id in unheard(for: settings.silence) { end(id, .failed(JobFailure(silent))) }
        }
    }

    private func unheard(for time: Duration) -> [String] {
        let limit = settings.time.now - time
        return jobs.filter { $0.value.progress.stage > .waiting && $0.value.heard <= limit }.map(\.key).sorted()
    }

    private var silent: ConnectivityError {
        requests.peer.error(
            .timeout, expected: "a word about the job within \(settings.silence)",
            came: "neither messages nor queue nor history could tell of it", phase: .total)
    }
}

extension ConnectivityError {
    /// Whether a request may have been carried out all the same.
    fileprivate var leavesOpen: Bool {
        switch code {
        case .refused, .unreachable, .rejected, .unauthorized, .rateLimited, .redirected, .invalidArgument: false
        default: true
        }
    }
}

extension JobEvent {
    /// How a job that ended with it is counted.
    fileprivate var outcome: String {
        switch self {
        case .failed(let failure): failure.code.description
        case .interrupted: "interrupted"
        default: "finished"
        }
    }
}
