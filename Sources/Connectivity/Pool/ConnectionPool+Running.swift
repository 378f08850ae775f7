internal import Logging
internal import ServiceLifecycle

// What a pool does beside lending: it makes, checks and closes connections.
extension ConnectionPool {
    /// Makes, checks and closes connections until the pool is shut down and all are returned and closed, or until the
    /// task is cancelled: then what is lent is closed too.
    public func run() async {
        await withGracefulShutdownHandler {
            await keep()
        } onGracefulShutdown: {
            self.shutDown()
        }
    }

    private func keep() async {
        let isFirst = locked { state in
            defer { state.isRunning = true }
            guard !state.isRunning else { return false }
            perform(state.machine.fill(), &state)
            return true
        }
        guard isFirst else { return logger.error("\(service): the pool runs already; the second run() does nothing") }
        await withDiscardingTaskGroup { rounds in
            rounds.addTask { await self.every(self.settings.cleanupInterval) { self.cleanUp() } }
            rounds.addTask { await self.every(self.settings.checkInterval) { self.checkIdle() } }
            await withDiscardingTaskGroup { group in
                for await work in works { group.addTask { await self.perform(work) } }
                shutDown()
            }
            rounds.cancelAll()
        }
        // After a cancellation there may be connections whose closing nobody took up.
        let left = locked { state in
            defer { state.connections = [:] }
            return Array(state.connections.values) + Array(state.closing.values)
        }
        for connection in left { await close(connection) }
    }

    /// Closes a connection; what takes too long is cancelled.
    private func close(_ connection: Connection) async {
        do {
            try await time.within(connectTimeout, else: self.late) { await self.factory.close(connection) }
        } catch {
            // Nothing is left to do for a connection that does not let itself be closed.
            logger.info("\(service): a connection was not closed in time")
        }
    }

    /// Lends no more. Callers that wait learn it at once; ``run()`` ends when everything lent has been returned.
    public func shutDown() {
        let waiters: [Waiter] = locked { state in
            guard !state.machine.isShutDown else { return [] }
            let (orders, places) = state.machine.shutDown()
            perform(orders, &state)
            for lease in state.outstanding.values {
                logger.info("\(service): shut down while a connection is lent that was taken at \(lease)")
            }
            return places.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in waiters { waiter.continuation.resume(throwing: closed) }
    }

    private func every(_ interval: Duration, _ round: () -> Void) async {
        while !Task.isCancelled {
            do { try await time.sleep(for: interval) } catch { return }
            round()
        }
    }

    private func cleanUp() {
        let now = time.now
        locked { state in
            perform(state.machine.cleanUp(at: now), &state)
            guard let threshold = settings.leakThreshold else { return }
            for (number, lease) in state.outstanding where now - lease.taken >= threshold {
                guard state.reported.insert(number).inserted else { continue }
                state.statistics.leaks += 1
                metrics.leaked()
                logger.warning(
                    "\(service): a connection taken at \(lease) has not been returned for \(now - lease.taken)")
            }
        }
    }

    private func checkIdle() {
        locked { perform($0.machine.checkIdle(), &$0) }
    }

    private func died(_ id: Int) {
        locked { state in
            // Before it was made known, or after it was closed, an end is no news.
            if state.connections.removeValue(forKey: id) != nil {
                state.statistics.deaths += 1
                metrics.died()
            }
            perform(state.machine.died(id), &state)
        }
    }

    private func perform(_ work: Work) async {
        switch work {
        case .connect(let id): await connect(id)
        case .close(let number):
            guard let connection = locked({ $0.closing.removeValue(forKey: number) }) else { return }
            metrics.closed()
            await close(connection)
        case .check(let id, let connection):
            let isAlive =
                (try? await time.within(connectTimeout, else: CancellationError()) {
                    await self.factory.check(connection)
                }) ?? false  // a check that takes too long has failed
            locked { state in
                if !isAlive {
                    state.statistics.deaths += 1
                    metrics.died()
                }
                perform(state.machine.checked(id, isAlive: isAlive), &state)
            }
        }
    }

    private func connect(_ id: Int) async {
        do {
            let connection = try await time.within(connectTimeout, else: self.late) {
                try await self.factory.connect { [weak self] in self?.died(id) }
            }
            metrics.made()
            locked { state in
                state.making -= 1
                state.statistics.creations += 1
                state.connections[id] = connection
                perform(state.machine.connected(id, at: time.now), &state)
            }
        } catch {
            metrics.failed(error)
            logger.info("\(service): no connection: \(error)")
            locked { state in
                state.making -= 1
                state.statistics.connectErrors += 1
                let orders = state.machine.connectFailed(id)
                if let place = orders.refused {
                    resume(state.waiters.removeValue(forKey: place), .failure(error), &state)
                }
                perform(orders, &state)
            }
        }
    }

    /// Carries out orders, as far as that takes no time; the rest is for ``run()``.
    func perform(_ orders: PoolStateMachine.Orders, _ state: inout State) {
        for served in orders.served {
            guard let waiter = state.waiters.removeValue(forKey: served.waiter) else {
                preconditionFailure("the machine serves those who stand in its line, and these are kept with it")
            }
            state.statistics.waits += 1
            let lease = lend(served.lease, waiter.caller, waiter.caller.taken, &state)
            state.resumed.append((waiter.continuation, .success(lease)))
        }
        for id in orders.close {
            guard let connection = state.connections.removeValue(forKey: id) else { continue }
            state.statistics.closures += 1
            state.closing[id] = connection
            self.orders.yield(.close(id))
        }
        for id in orders.connect {
            state.making += 1
            self.orders.yield(.connect(id))
        }
        for id in orders.check {
            guard let connection = state.connections[id] else { continue }
            self.orders.yield(.check(id, connection))
        }
        if state.machine.isShutDown, state.connections.isEmpty, state.making == 0 { self.orders.finish() }
    }
}
