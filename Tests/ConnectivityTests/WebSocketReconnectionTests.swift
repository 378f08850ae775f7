import Encodings
import Testing

@testable import Connectivity

/// The connection of the client of ComfyUI: how it is made, lost and made again.
@Suite(.timeLimit(.minutes(1))) struct WebSocketReconnectionTests {
    /// A client that is closed in the end.
    private func with(
        _ understudy: Understudy, _ change: (inout ComfyUISettings) -> Void = { _ in },
        _ body: (ComfyUIClient) async throws -> Void
    ) async throws {
        try await understudy.comfyUIClient(change, body)
    }

    @Test func `who gives up connecting does not take the others along`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await understudy.play("comfyui opens /ws: delay 300ms, once")
                let first = Task { await failure { try await client.connect() } }
                let second = Task { try await client.connect() }
                await understudy.effect()
                first.cancel()

                #expect(await first.value?.code == .cancelled)
                try await second.value
                #expect(await client.state == .connected)
            }
        }
    }

    @Test func `connecting that everybody gave up can be begun again`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await understudy.play("comfyui opens /ws: delay 30s, once")
                let connecting = Task { await failure { try await client.connect() } }
                await understudy.effect()
                connecting.cancel()

                #expect(await connecting.value?.code == .cancelled)
                try await client.connect()
                #expect(await client.state == .connected)
            }
        }
    }

    @Test func `pings that stay without pong end the connection`() async throws {
        try await Understudy.comfyUI { understudy in
            try await understudy.play("comfyui opens /ws: corrupt no_pong, once")
            try await with(
                understudy,
                {
                    $0.socket = WebSocketLimits(pingInterval: .milliseconds(30), pongDeadline: .milliseconds(60))
                }
            ) { client in
                var states = await client.states().makeAsyncIterator()
                try await client.connect()

                for state in [ComfyUIClient.State.disconnected, .connecting, .connected] {
                    #expect(await states.next() == state)
                }
                #expect(await states.next() == .reconnecting)
                #expect(await states.next() == .connected)
            }
        }
    }

    @Test func `nobody listens: connecting fails with refused, and can be tried again`() async throws {
        let closed = try await Understudy.comfyUI { $0.url }
        let client = try ComfyUIClient(url: closed, settings: .hasty())
        let failure = await failure { try await client.connect() }

        #expect(failure?.code == .refused)
        #expect(failure?.canRetry == true)
        #expect(await client.state == .disconnected)
        await client.close()
    }

    @Test func `a server that was started anew gets its jobs again`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play("comfyui POST /prompt: delay {step: 20ms}, once")
                let job = try await client.sendWorkflow(Workflows.picture(steps: 500))
                var isRestarted = false
                var last: JobEvent?
                for await event in job.events {
                    if case .progress = event, !isRestarted {
                        isRestarted = true
                        await understudy.restart()
                    }
                    last = event
                }

                guard case .finished(let result) = last else {
                    Issue.record("expected the job to be finished, got \(String(describing: last))")
                    return
                }
                #expect(result.files.count == 1)
                #expect(await client.reconnections == 1)
            }
        }
    }

    @Test func `after all attempts it has failed, jobs learn why, and connecting begins anew`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy, { $0.reconnection.attempts = 2 }) { client in
                try await client.connect()
                let states = await client.states()
                try await understudy.play("comfyui POST /prompt: delay {step: 30ms}")
                let job = try await client.sendWorkflow(Workflows.picture(steps: 500))
                try await understudy.play("comfyui: refuse true")
                let seen = await states.collect { $0 == .failed }
                let last = await job.events.collect { $0.isLast }.last

                #expect(seen == [.connected, .reconnecting, .failed])
                guard case .failed(let reason)? = last else {
                    Issue.record("expected the job to fail, got \(String(describing: last))")
                    return
                }
                #expect(reason.code == .attemptsExhausted)
                #expect(reason.message.contains("2 attempts"))
                await understudy.behave()
                // The port opens a moment later.
                while await failure({ try await client.connect() })?.code == .refused {}
                #expect(await client.state == .connected)
            }
        }
    }

    @Test func `a server that does not greet is none`() async throws {
        try await Understudy.comfyUI { understudy in
            try await understudy.play("comfyui sends status: skip")
            try await with(understudy, { $0.transfer.connect = .milliseconds(300) }) { client in
                let failure = await failure { try await client.connect() }

                #expect(failure?.code == .timeout)
                #expect(failure?.phase == .connect)
                #expect(failure?.message.contains("greet") == true)
                #expect(await client.state == .disconnected)
            }
        }
    }

    @Test func `what no retry helps ends a reconnection at once`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let states = await client.states()
                try await understudy.play(
                    "comfyui sends status: drop reset, once", "comfyui opens /ws: respond {status: 403}")
                let job = try await client.sendWorkflow(Workflows.picture())
                let seen = await states.collect { $0 == .failed }
                let failure = await #expect(throws: JobFailure.self) { _ = try await job.result() }

                #expect(seen == [.connected, .reconnecting, .failed])
                #expect(failure?.code == .unauthorized)
            }
        }
    }

    @Test func `what comes in place of a handshake while a server starts does not end a reconnection`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let states = await client.states()
                try await understudy.play(
                    "comfyui sends status: drop reset, once", "comfyui opens /ws: respond {status: 404}, once")
                let job = try await client.sendWorkflow(Workflows.picture())
                // The job may be done before: it is asked after while the connection is made anew.
                _ = try await job.result()
                _ = await states.collect { $0 == .reconnecting }
                _ = await states.collect { $0 == .connected }

                #expect(await client.reconnections == 1)
            }
        }
    }

    @Test func `a server that agrees, greets and ends in one breath has greeted`() async throws {
        let greeting = #"{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "x"}}"#
        let server = try StrangeListener(
            .answering { head in
                let lines = head.split(separator: "\r\n")
                let key = lines.first { $0.lowercased().hasPrefix("sec-websocket-key: ") }?.dropFirst(19) ?? ""
                let digest = SHA1.hex(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
                let bytes = stride(from: 0, to: 40, by: 2).map { UInt8(digest.dropFirst($0).prefix(2), radix: 16) ?? 0 }
                let answer =
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(Base64.encode(bytes))\r\n\r\n"
                return Array(answer.utf8) + [0x81, UInt8(greeting.utf8.count)] + Array(greeting.utf8)
            })
        for _ in 0..<50 {
            let client = try ComfyUIClient(url: "http://127.0.0.1:\(server.port)")
            try await client.connect()
            await client.close()
        }
    }

    // By a reset the client's system forgets what it has not read by then, such as the greeting.
    @Test(arguments: ["how: close", "code: 1012"])
    func `though every socket ends after the greeting, jobs are done, each once`(ending: String) async throws {
        try await Understudy.comfyUI { understudy in
            try await understudy.play("comfyui opens /ws: drop {\(ending), after_messages: 1}")
            try await with(understudy) { client in
                try await client.connect()
                var jobs: [ComfyUIJob] = []
                for seed in 0..<5 { jobs.append(try await client.sendWorkflow(Workflows.picture(seed: seed))) }
                for job in jobs { #expect(try await job.result().files.count == 1) }

                #expect(understudy.requests("POST", "/prompt") == 5)
            }
        }
    }

    @Test func `though every socket ends after the greeting, a server that was started anew gets its jobs again`()
        async throws
    {
        try await Understudy.comfyUI { understudy in
            try await understudy.play(
                "comfyui opens /ws: drop {how: close, after_messages: 1}",
                "comfyui POST /prompt: delay {step: 20ms}, once")
            try await with(understudy) { client in
                try await client.connect()
                let job = try await client.sendWorkflow(Workflows.picture(steps: 500))
                await understudy.request("POST", "/prompt", 1)
                await understudy.restart()
                let result = try await job.result()

                #expect(result.files.count == 1)
                #expect(understudy.requests("POST", "/prompt") == 2)
            }
        }
    }

    @Test func `closing while connecting ends it for all who wait`() async throws {
        try await Understudy.comfyUI { understudy in
            try await understudy.play("comfyui opens /ws: delay 30s")
            let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
            let waiters = (0..<3).map { _ in Task { await failure { try await client.connect() } } }
            await understudy.effect()
            await client.close()

            for waiter in waiters { #expect(await waiter.value?.code == .closed) }
            #expect(await client.states().collect { _ in false } == [.closed])
        }
    }

    // MARK: The circuit

    @Test func `an open circuit: neither a prompt nor a handshake is sent, and callers learn it at once`() async throws
    {
        try await Understudy.comfyUI { understudy in
            let circuit = Circuit(service: .comfyui, endpoint: understudy.url, breaker: CircuitBreaker(threshold: 2))
            try await with(understudy, { $0.circuit = circuit }) { client in
                try await client.connect()
                try await understudy.play("comfyui POST /prompt: error server_error")
                var codes: [ConnectivityError.Code?] = []
                for _ in 0..<4 {
                    codes.append(await failure { _ = try await client.sendWorkflow(Workflows.picture()) }?.code)
                }
                let other = try ComfyUIClient(url: understudy.url, settings: .hasty { $0.circuit = circuit })
                let connecting = await failure { try await other.connect() }
                await other.close()

                #expect(codes == [.serverError, .serverError, .circuitOpen, .circuitOpen])
                #expect(connecting?.code == .circuitOpen)
                #expect(connecting?.retryAfter ?? .zero > .seconds(200))
                #expect(await other.state == .closed)
                // Three tries of two jobs, each job one call for the circuit.
                #expect(understudy.requests("POST", "/prompt") == 6)
            }
        }
    }

    @Test func `an open circuit suspends the reconnection; who asks for it makes the trial, and what waited is done`()
        async throws
    {
        try await Understudy.comfyUI { understudy in
            let circuit = Circuit(service: .comfyui, breaker: CircuitBreaker(threshold: 1))
            try await with(understudy, { $0.circuit = circuit }) { client in
                try await client.connect()
                let states = await client.states()
                _ = try? await circuit.call { throw StrangeListener.Failure(0) }
                try await understudy.play("comfyui: refuse 20ms, state kept")
                _ = await states.collect { $0 == .reconnecting }
                let job = try await client.sendWorkflow(Workflows.picture())
                var refusal: ConnectivityError?
                while refusal == nil { refusal = await failure { try await client.connect() } }

                #expect(refusal?.code == .circuitOpen)
                #expect(await client.waitingJobs == 1)
                await understudy.behave()
                await client.reconnectNow()
                _ = try await job.result()
                #expect(circuit.state == .closed(failures: 0))
                #expect(await client.reconnections == 1)
            }
        }
    }
}
