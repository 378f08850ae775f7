import Testing

@testable import Connectivity

/// The client of ComfyUI against the fake server: the story's WebSocket client.
@Suite(.timeLimit(.minutes(1))) struct WebSocketClientTests {
    /// A client that is closed in the end.
    private func with(
        _ understudy: Understudy, _ change: (inout ComfyUISettings) -> Void = { _ in },
        _ body: (ComfyUIClient) async throws -> Void
    ) async throws {
        try await understudy.comfyUIClient(change, body)
    }

    @Test func `connection establishment`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()

                #expect(await client.state == .connected)
            }
        }
    }

    @Test func `message sending`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let job = try await client.sendWorkflow(Workflows.picture())

                #expect(job.status == .queued)
                #expect(job.id.count == 36)
                let result = try await job.result()
                let picture = try await client.download(try #require(result.files.first))
                #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            }
        }
    }

    @Test func `a job's events come in order and end once`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let job = try await client.sendWorkflow(
                    Workflows.picture(), extra: ["preview_method": "auto"])
                var events: [JobEvent] = []
                for await event in job.events { events.append(event) }

                #expect(events.prefix(2) == [.queued, .started])
                #expect(events.contains(.cached(nodes: [])))
                #expect(events.contains(.progress(node: "4", value: 4, maximum: 4)))
                #expect(events.contains { if case .preview(let image) = $0 { image.node == "4" } else { false } })
                #expect(events.contains { if case .executed("6", _) = $0 { true } else { false } })
                #expect(events.filter(\.isLast).count == 1)
                #expect(events.last?.isLast == true)
                #expect(await client.ignored == ComfyUIClient.Ignored())
            }
        }
    }

    @Test func `reconnection on disconnect`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                var states = await client.states().makeAsyncIterator()
                #expect(await states.next() == .connected)
                try await understudy.play("comfyui sends status: drop reset, once")
                let job = try await client.sendWorkflow(Workflows.picture())

                #expect(await states.next() == .reconnecting)
                #expect(await states.next() == .connected)
                _ = try await job.result()
                #expect(await client.reconnections == 1)
                #expect(understudy.requests("POST", "/prompt") == 1)
            }
        }
    }

    @Test func `message queue during disconnect`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                let first = try await client.sendWorkflow(Workflows.picture(seed: 1))
                let second = try await client.sendWorkflow(Workflows.picture(seed: 2))
                #expect(await client.waitingJobs == 2)
                try await client.connect()
                let results = [try await first.result(), try await second.result()]

                #expect(await client.waitingJobs == 0)
                #expect(results.map { $0.files.map(\.filename) } == [["scene_00001_.png"], ["scene_00002_.png"]])
            }
        }
    }

    @Test func `message queue during disconnect: a thousand wait, one more is refused, and none is forgotten`()
        async throws
    {
        try await Understudy.comfyUI { understudy in
            let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
            var jobs: [ComfyUIJob] = []
            for seed in 0..<1000 { jobs.append(try await client.sendWorkflow(["1": ["seed": .integer(seed)]])) }
            let refusal = await failure { _ = try await client.sendWorkflow(Workflows.picture()) }

            #expect(refusal?.code == .queueFull)
            #expect(refusal?.message.contains("1000") == true)
            #expect(await client.waitingJobs == 1000)
            await client.close()
            for job in jobs {
                let last = await job.events.collect { $0.isLast }.last
                guard case .failed(let failure)? = last, failure.code == .closed else {
                    Issue.record(
                        "expected every job to learn that the client was closed, got \(String(describing: last))")
                    return
                }
            }
        }
    }

    @Test func `a job that waits here is interrupted here`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                let first = try await client.sendWorkflow(Workflows.picture(seed: 1))
                let second = try await client.sendWorkflow(Workflows.picture(seed: 2))
                try await client.interrupt(first)
                let events = await first.events.collect { $0.isLast }
                try await client.connect()
                _ = try await second.result()

                #expect(events == [.interrupted])
                #expect(understudy.requests("POST", "/prompt") == 1)
            }
        }
    }

    @Test func `who gives up sending learns so, and the job is not done later`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play(
                    "comfyui POST /prompt: delay 200ms, once", "comfyui POST /prompt: delay {step: 20ms}, once")
                let sending = Task {
                    await failure { _ = try await client.sendWorkflow(Workflows.picture(steps: 300)) }
                }
                await understudy.effect()
                sending.cancel()
                #expect(await sending.value?.code == .cancelled)

                let next = try await client.sendWorkflow(Workflows.picture(seed: 2))
                let files = try await next.result().files.map(\.filename)
                // The server numbers what it saves: the first picture was never made.
                #expect(files == ["scene_00001_.png"])
            }
        }
    }

    @Test func `a job that waits at the server is interrupted, or deleted by somebody else, and says so`() async throws
    {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play("comfyui POST /prompt: delay {step: 20ms}, once")
                let first = try await client.sendWorkflow(Workflows.picture(seed: 1, steps: 60))
                let second = try await client.sendWorkflow(Workflows.picture(seed: 2))
                let third = try await client.sendWorkflow(Workflows.picture(seed: 3))
                try await client.interrupt(second)
                try await client.requests.deletePending(third.id)
                let interrupted = await second.events.collect { $0.isLast }.last
                let deleted = await #expect(throws: JobFailure.self) { _ = try await third.result() }
                _ = try await first.result()

                #expect(interrupted == .interrupted)
                #expect(deleted?.message.contains("deleted") == true)
                let known = try await client.history(of: first.id)
                #expect(known?.ending == .success)
                let unknown = try await client.history(of: second.id)
                #expect(unknown == nil)
            }
        }
    }

    @Test func `what is no workflow is not sent`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                let failure = await failure { _ = try await client.sendWorkflow(["a", "list"]) }

                #expect(failure?.code == .invalidArgument)
                #expect(await client.waitingJobs == 0)
            }
        }
    }

    @Test func `a mask becomes the alpha channel of its picture`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let job = try await client.sendWorkflow(Workflows.picture())
                let original = try #require(try await job.result().files.first)
                let picture = try await client.download(original)
                let masked = try await client.uploadMask(picture, name: "masked.png", of: original)
                let bytes = try await client.download(
                    OutputFile(filename: masked.name, subfolder: masked.subfolder, type: masked.type))
                let missing = await failure {
                    _ = try await client.uploadMask(picture, name: "m.png", of: OutputFile(filename: "none.png"))
                }

                #expect([masked.name, masked.subfolder, masked.type] == ["masked.png", "", "input"])
                // Width, height, 8 bits, colour type 6: red, green, blue and alpha.
                #expect(bytes[16..<24] == picture[16..<24])
                #expect(bytes[24..<26] == [8, 6])
                #expect(missing == nil)
            }
        }
    }

    @Test func `a prompt that is refused tells what is wrong with which node`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                let failure = await #expect(throws: JobFailure.self) {
                    _ = try await client.sendWorkflow(Workflows.incomplete)
                }

                #expect(failure?.code == .rejected)
                #expect(failure?.nodeErrors.map(\.node) == ["1"])
                #expect(failure?.nodeErrors.map(\.type) == ["required_input_missing"])
            }
        }
    }

    @Test func `a node that raises fails its job with its words`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play("comfyui POST /prompt: error out_of_memory")
                let job = try await client.sendWorkflow(Workflows.picture())
                let failure = await #expect(throws: JobFailure.self) { _ = try await job.result() }

                #expect(failure?.code == .jobFailed)
                #expect(failure?.node == "4")
                #expect(failure?.nodeType == "KSampler")
                #expect(failure?.exceptionType?.contains("OutOfMemoryError") == true)
            }
        }
    }

    @Test func `a job that ends before its submission is answered leaves nobody waiting`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play(
                    "comfyui POST /prompt: error out_of_memory", "comfyui POST /prompt: dribble {pieces: 4, over: 1s}")
                let job = try await client.sendWorkflow(Workflows.picture())
                let failure = await #expect(throws: JobFailure.self) { _ = try await job.result() }

                #expect(failure?.code == .jobFailed)
            }
        }
    }

    @Test func `a job that is interrupted on its way is stopped when it arrives`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                let job = try await client.sendWorkflow(Workflows.picture(steps: 200))
                try await understudy.play(
                    "comfyui POST /prompt: delay 200ms", "comfyui POST /prompt: delay {step: 20ms}")
                try await client.connect()
                await understudy.effect()
                try await client.interrupt(job)
                let events = await job.events.collect { $0.isLast }

                #expect(events.last == .interrupted)
                #expect(understudy.requests("POST", "/prompt") == 1)
            }
        }
    }

    @Test func `a job is interrupted while it runs`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play("comfyui POST /prompt: delay {step: 50ms}")
                let job = try await client.sendWorkflow(Workflows.picture(steps: 200))
                var last: JobEvent?
                for await event in job.events {
                    last = event
                    if case .progress = event { try await client.interrupt(job) }
                }

                #expect(last == .interrupted)
            }
        }
    }

    @Test func `an answer to a submission that never comes is asked after, and nothing is done twice`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                // The prompt is taken, and the answer torn off.
                try await understudy.play("comfyui POST /prompt: drop {how: reset, after_bytes: 20}, once")
                let job = try await client.sendWorkflow(Workflows.picture())
                _ = try await job.result()

                #expect(understudy.requests("POST", "/prompt") == 1)
            }
        }
    }

    @Test func `messages that never come are made up for`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play(
                    "comfyui sends execution_start: skip", "comfyui sends executed: skip",
                    "comfyui sends execution_success: skip", "comfyui sends executing: skip")
                let job = try await client.sendWorkflow(Workflows.picture())
                let result = try await job.result()

                #expect(result.files.count == 1)
            }
        }
    }

    @Test func `a job of which the server cannot tell anything fails in the end`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(
                understudy,
                {
                    $0.quiet = .milliseconds(20)
                    $0.silence = .milliseconds(100)
                }
            ) { client in
                try await client.connect()
                try await understudy.play(
                    "comfyui sends execution_success: skip", "comfyui sends executing: skip",
                    "comfyui GET /history/{id}: respond {status: 502}")
                let job = try await client.sendWorkflow(Workflows.picture())
                let failure = await #expect(throws: JobFailure.self) { _ = try await job.result() }

                #expect(failure?.code == .timeout)
                #expect(failure?.message.contains("expected a word about the job within 0.1 seconds") == true)
                #expect(failure?.message.contains(understudy.url) == true)
            }
        }
    }

    @Test func `messages about jobs of others are counted and ignored`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                try await understudy.play(
                    #"comfyui sends execution_start: send {json: {"type": "progress", "data": {"value": 1, "max": 2, "prompt_id": "other", "node": "1"}}}"#
                )
                let job = try await client.sendWorkflow(Workflows.picture())
                _ = try await job.result()

                #expect(await client.ignored.foreign == 1)
            }
        }
    }

    @Test func `what comes of a job after its end, which was learnt otherwise, is not of others`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                try await client.connect()
                // The last word about a job comes after the history has told its end.
                try await understudy.play("comfyui sends executing: delay 300ms, body {/data/node: null}, once")
                let first = try await client.sendWorkflow(Workflows.picture())
                _ = try await first.result()
                // Messages keep their order: when this one has begun, the late one has come.
                let second = try await client.sendWorkflow(Workflows.picture(seed: 2))
                _ = try await second.result()
                await understudy.effect()

                #expect(await client.ignored == ComfyUIClient.Ignored())
            }
        }
    }

    @Test func `a client that is closed says so to all who wait`() async throws {
        try await Understudy.comfyUI { understudy in
            let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
            let job = try await client.sendWorkflow(Workflows.picture())
            await client.close()
            var events: [JobEvent] = []
            for await event in job.events { events.append(event) }
            let sending = await failure { _ = try await client.sendWorkflow(Workflows.picture()) }
            let connecting = await failure { try await client.connect() }

            guard case .failed(let failure)? = events.last else {
                Issue.record("expected a failure, got \(events)")
                return
            }
            #expect(failure.code == .closed)
            #expect(sending?.code == .closed)
            #expect(connecting?.code == .closed)
        }
    }

    @Test func `the server's own facts`() async throws {
        try await Understudy.comfyUI { understudy in
            try await with(understudy) { client in
                let stats = try await client.systemStats()
                let info = try await client.objectInfo("KSampler")
                let queue = try await client.queue()
                let uploaded = try await client.uploadImage([0x89, 0x50], name: "a b.png")
                let again = try await client.download(OutputFile(filename: uploaded.name, type: "input"))

                #expect(stats.version == "0.27.1")
                #expect(stats.devices.first?.memory ?? 0 > 0)
                #expect(Array(info.keys) == ["KSampler"])
                #expect(queue.running.isEmpty && queue.pending.isEmpty)
                #expect(uploaded.name == "a b.png")
                #expect(again == [0x89, 0x50])
            }
        }
    }
}
