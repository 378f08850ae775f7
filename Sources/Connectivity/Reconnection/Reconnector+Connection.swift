internal import Logging
internal import ServiceLifecycle

// How a reconnector makes its connection, and makes it anew.
extension Reconnector {
    /// Makes and keeps the connection until the task is cancelled. Work that waits then fails as closed.
    public func run() async {
        await cancelWhenGracefulShutdown { await self.keep() }
    }

    private func keep() async {
        while !Task.isCancelled {
            await wakeup.wait()
            if Task.isCancelled { break }
            await reconnect()
        }
        close()
    }

    private func reconnect() async {
        guard await isAdmitted() else { return }
        while !Task.isCancelled {
            guard let (link, wait) = nextAttempt() else { return }
            if let wait {
                _ = await wakeup.wait(until: time.now + wait, time)
                if Task.isCancelled { return }
            }
            wakeup.silence()
            locked { state in
                state.phase = .connecting
                state.isTriggered = false
            }
            do {
                let connection = try await time.within(attemptTimeout, else: self.late) { try await self.connect(link) }
                Measure.attempts.count(service.rawValue, nil as (any Error)?)
                if adopt(connection, link) { return }
            } catch {
                if Task.isCancelled { return }
                Measure.attempts.count(service.rawValue, error)
                logger.info("\(service): attempt \(link.attempt) failed: \(error)")
                let canRetry = (error as? ConnectivityError)?.canRetry ?? true
                guard canRetry else { return noteFailure(error) }
                locked { $0.lastError = error }
            }
        }
    }

    /// Waits for the circuit; false if there is nothing to do any more.
    private func isAdmitted() async -> Bool {
        guard let circuit, locked({ $0.permit == nil }) else { return needsConnection }
        var isForced = false
        while !Task.isCancelled, needsConnection {
            switch circuit.admit(isForced: isForced) {
            case .granted(let permit):
                locked { $0.permit = permit }
                return true
            case .refused(let until):
                // Without a time somebody else's trial is under way: it will not take long.
                let until = until ?? time.now + .seconds(1)
                wakeup.silence()
                locked { state in
                    state.phase = .waiting
                    state.isTriggered = false
                }
                published.send(.suspended(until: until))
                isForced = await wakeup.wait(until: until, time)
            }
        }
        return false
    }

    private var needsConnection: Bool {
        locked { state in
            switch state.phase {
            case .connected, .closed: false
            default: true
            }
        }
    }

    /// The next attempt and the wait before it; nil if there are no more.
    private func nextAttempt() -> (Link, wait: Duration?)? {
        let next: (Link, wait: Duration?)? = locked { state in
            guard let wait = policy.delay(before: state.attempt + 1, using: &state.random) else { return nil }
            state.attempt += 1
            state.generation += 1
            state.phase = .waiting
            let link = Link(attempt: state.attempt, reconnector: self, generation: state.generation)
            return (link, state.isTriggered ? nil : wait)
        }
        guard let next else {
            noteFailure(exhausted(locked(\.lastError)))
            return nil
        }
        published.send(.reconnecting(attempt: next.0.attempt))
        return next
    }

    /// Makes the connection the one that work is done with; false if it has been lost already, and has never spoken its protocol.
    private func adopt(_ connection: Connection, _ link: Link) -> Bool {
        let (stands, hasStood) = locked { state in
            let stands = state.lostGeneration < link.generation
            guard stands || state.confirmedGeneration == link.generation else { return (false, false) }
            published.send(.connected)
            if stands {
                state.phase = .connected(connection)
                serveFirst(&state)
            } else {
                // It stood for a moment, and that is told too: who can use it may.
                state.phase = .idle
                published.send(.disconnected)
            }
            return (stands, true)
        }
        guard hasStood else { return false }
        Measure.reconnections.count(service.rawValue, nil as (any Error)?)
        logger.info("\(service): connected with attempt \(link.attempt)\(stands ? "" : ", and lost at once")")
        if !stands { wakeup.ring() }
        return true
    }

    private func noteFailure(_ cause: any Error) {
        let failure =
            cause as? ConnectivityError
            ?? error(.attemptsExhausted, "the attempt to connect failed: \(cause)", underlying: cause)
        let (waiters, permit) = locked { state in
            state.phase = .failed(failure)
            state.attempt = 0
            state.lastError = nil
            state.isTriggered = false
            defer { state.permit = nil }
            return (state.line.removeAll(), state.permit)
        }
        if let permit { circuit?.settle(permit, failure) }
        Measure.reconnections.count(service.rawValue, failure)
        logger.warning("\(failure)")
        published.send(.failed)
        for waiter in waiters { waiter.resume(throwing: failure) }
    }

    func confirm(_ generation: Int) {
        let permit: CircuitBreaker.Permit? = locked { state in
            guard generation == state.generation, state.lostGeneration < generation else { return nil }
            state.attempt = 0
            state.confirmedGeneration = generation
            defer { state.permit = nil }
            return state.permit
        }
        if let permit { circuit?.succeed(permit) }
    }

    func lose(_ generation: Int) {
        let wasConnected = locked { state in
            guard generation == state.generation, state.lostGeneration < generation else { return false }
            state.lostGeneration = generation
            guard case .connected = state.phase else { return false }
            state.phase = .idle
            published.send(.disconnected)
            return true
        }
        guard wasConnected else { return }
        logger.info("\(service): the connection is lost")
        wakeup.ring()
    }

    private func close() {
        let (waiters, permit) = locked { state in
            state.phase = .closed
            defer { state.permit = nil }
            return (state.line.removeAll(), state.permit)
        }
        if let permit { circuit?.settle(permit, CancellationError()) }
        published.send(.disconnected)
        published.finish()
        for waiter in waiters { waiter.resume(throwing: closed) }
    }
}
