internal import NIOCore

// The connection: made and kept by a reconnector, whose states become those that the application sees.
extension ComfyUIClient {
    /// What keeps the connection, and follows its states.
    struct Session {
        let number: Int
        let reconnector: Reconnector<Void>
        let task: Task<Void, Never>
    }

    /// Begins to connect.
    func begin() {
        lastSession += 1
        let number = lastSession
        let reconnector = Reconnector<Void>(
            service: ServiceName(rawValue: requests.peer.service), endpoint: requests.peer.endpoint,
            policy: settings.reconnection, circuit: settings.circuit,
            // The handshake and the greeting have their own deadlines, and tell more.
            attemptTimeout: settings.transfer.connect * 3, time: settings.time, logger: settings.logger
        ) { try await self.open($0) }
        set(.connecting)
        let task = Task {
            async let running: Void = reconnector.run()
            for await state in reconnector.states() { follow(state, number) }
            await running
        }
        session = Session(number: number, reconnector: reconnector, task: task)
        reconnector.trigger()
    }

    /// Ends the connection and the work for it; what is kept for a later one stays.
    func endSession() {
        session?.task.cancel()
        session = nil
        reading?.cancel()
        endWork()
    }

    /// - Throws: `circuit_open` while the service is not to be asked.
    func demandCircuit() throws(ConnectivityError) {
        if let refusal = settings.circuit?.refusal { throw refusal }
    }

    // MARK: States

    /// Does what a state of the reconnector means. The client's state changes here, and where the application itself
    /// connects, gives up or closes.
    private func follow(_ reconnection: ReconnectionState, _ number: Int) {
        guard number == session?.number, state != .closed else { return }
        let isFirst = state == .connecting
        switch reconnection {
        case .connected:
            if !isFirst { reconnections += 1 }
            epoch += 1
            isLingering = false
            set(.connected)
            resumeConnecting(throwing: nil)
            start { await $0.settleAll() }
            start { await $0.watchQuiet() }
        case .disconnected, .reconnecting:
            guard state == .connected else { return }
            letWorkEnd()
            set(.reconnecting)
            letSubmittersGo()
        case .suspended:
            // The circuit was opened by others meanwhile: nobody is kept waiting for its end.
            guard let refusal = settings.circuit?.refusal else { return }
            if isFirst { giveUpConnecting(refusal) } else { resumeConnecting(throwing: refusal) }
        case .failed:
            let failure = session?.reconnector.failure ?? lost("it was given up")
            if isFirst { giveUpConnecting(lastFailure ?? failure) } else { giveUp(failure) }
        }
    }

    private func giveUpConnecting(_ failure: ConnectivityError) {
        endSession()
        set(.disconnected)
        resumeConnecting(throwing: failure)
    }

    private func giveUp(_ failure: ConnectivityError) {
        endSession()
        set(.failed)
        resumeConnecting(throwing: failure)
        for id in jobs.keys.sorted() { end(id, .failed(JobFailure(failure))) }
    }

    // MARK: One connection

    /// Makes a connection, and returns when the server has greeted: it speaks its protocol.
    private func open(_ link: Reconnector<Void>.Link) async throws {
        let (greetings, greeting) = AsyncStream<Result<Void, ConnectivityError>>.makeStream()
        let reading = Task { await self.read(link, greeting) }
        self.reading = reading
        for await result in greetings {
            guard case .failure(var failure) = result else { return }
            await reading.value
            lastFailure = failure
            // Who connects learns it at once. What has stood before is made again and again, whatever a proxy in front or a
            // server that starts may say meanwhile, unless it is a no to us.
            failure.canRetry = state != .connecting && ![.unauthorized, .redirected, .tls].contains(failure.code)
            throw failure
        }
        reading.cancel()
        await reading.value
        throw CancellationError()
    }

    /// Reads one connection from its beginning to its end.
    private func read(
        _ link: Reconnector<Void>.Link, _ greeting: AsyncStream<Result<Void, ConnectivityError>>.Continuation
    ) async {
        var failure = lost("they ended")
        do {
            try await WebSocketConnection.with(target) { try await self.serve($0, link, greeting) }
        } catch let error as ConnectivityError {
            failure = error
        } catch {
            failure = lost("\(error)")
        }
        // Nothing new to who has heard of the greeting.
        greeting.yield(.failure(failure))
        greeting.finish()
        link.lost()
    }

    private func serve(
        _ socket: WebSocketConnection, _ link: Reconnector<Void>.Link,
        _ greeting: AsyncStream<Result<Void, ConnectivityError>>.Continuation
    ) async throws {
        // Previews then say which job they belong to; only the first message can ask for it (protocol, section 2.2).
        var unsent: (any Error)?
        do {
            try await socket.send(
                .text(#"{"type": "feature_flags", "data": {"supports_preview_metadata": true}}"#))
        } catch {
            // The connection has ended already. The greeting may have come before, and what comes last says why it ended.
            unsent = error
        }
        let patience = Task {
            try await settings.time.sleep(for: settings.transfer.connect)
            greeting.yield(.failure(lateGreeting))
            socket.abandon()
        }
        defer { patience.cancel() }
        for try await message in socket.messages {
            guard !Task.isCancelled else { return }
            guard let message = ComfyUIMessage(message) else {
                ignored.malformed += 1
                Measure.ignored.count(requests.peer.service, "malformed")
                continue
            }
            if case .status(_, .some) = message {
                patience.cancel()
                link.confirm()
                greeting.yield(.success(()))
            }
            take(message)
        }
        if let unsent { throw unsent }
    }

    private var target: WebSocketTarget {
        var target = WebSocketTarget(url: socketURL, peer: requests.peer)
        target.connectDeadline = settings.transfer.connect
        target.limits = settings.socket
        target.trustRoots = settings.trustRoots
        return target
    }

    private var lateGreeting: ConnectivityError {
        requests.peer.error(
            .timeout, expected: "the greeting on \(socketURL) within \(settings.transfer.connect)",
            came: "the server did not greet", phase: .connect, canRetry: true)
    }

    private func lost(_ came: String) -> ConnectivityError {
        requests.peer.error(
            .connectionLost, expected: "messages on the WebSocket \(socketURL)", came: came, canRetry: true)
    }
}
