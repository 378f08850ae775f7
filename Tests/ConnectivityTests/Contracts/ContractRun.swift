import Fakes

@testable import Connectivity

/// Plays a row of the matrix: a fake under a rule, a client with a task, and what came of it, in words.
struct ContractRun {
    let contract: Contract

    func outcome() async throws -> String {
        // Requests are counted when the fake has stopped: by then it has noted all of them.
        switch contract.client {
        case .liteLLM:
            let (result, understudy) = try await Understudy.liteLLM { (try await liteLLM($0), $0) }
            let count = understudy.requests("POST", "/v1/chat/completions")
            return "\(result); asked \(times(count - 1))"  // once by another client, for the usual answer
        case .comfyUI:
            let (result, understudy) = try await Understudy.comfyUI { (try await comfyUI($0), $0) }
            return "\(result.made); asked \(times(understudy.requests("POST", "/prompt")))\(result.more)"
        case .gradio:
            let (result, understudy) = try await Understudy.gradio { (try await gradio($0), $0) }
            return "\(result); joined \(times(understudy.requests("POST", "/gradio_api/queue/join")))"
        }
    }

    /// Whether the rule is about how connections begin.
    private var isAboutConnecting: Bool {
        contract.rule.contains(" opens ") || contract.rule.contains(" connect:")
    }

    private var limits: TransferLimits {
        contract.isHasty
            ? TransferLimits(
                connect: isAboutConnecting ? .milliseconds(600) : .seconds(20), read: .milliseconds(600),
                total: .seconds(30))
            : TransferLimits(connect: .seconds(20), read: .seconds(20), total: .seconds(30))
    }

    private var retry: RetryPolicy { RetryPolicy(tries: 3, first: .milliseconds(100)) }

    /// Puts the rule in force; one that concerns the fake as a whole has acted when this returns.
    private func begin(_ understudy: Understudy) async throws {
        try await understudy.play(contract.rule)
        let isOfTheWhole = ["refuse", "state", "set"].contains(contract.word)
        if isOfTheWhole { await understudy.effect() }
    }

    // MARK: LiteLLM

    private func liteLLM(_ understudy: Understudy) async throws -> String {
        let client = try LiteLLMClient(url: understudy.url, limits: limits, retry: retry)
        let request = ChatRequest(model: "gpt-4o", messages: [.user("Grüße, good evening")])
        let usual = try await LiteLLMClient(url: understudy.url).chat(request).text
        try await begin(understudy)
        do {
            let text =
                contract.task == .chat ? try await client.chat(request).text : try await client.stream(request).text()
            return text == usual ? "the answer" : "another answer"
        } catch let error as ConnectivityError {
            return said(error)
        }
    }

    // MARK: ComfyUI

    private func comfyUI(_ understudy: Understudy) async throws -> (made: String, more: String) {
        var settings = ComfyUISettings()
        settings.transfer = limits
        settings.retry = retry
        settings.reconnection = ReconnectionPolicy(
            initial: .milliseconds(20), factor: 1, jitter: .added(0), attempts: 5)
        settings.quiet = contract.isHasty ? .seconds(30) : .milliseconds(500)
        if contract.isHasty {
            settings.socket = WebSocketLimits(pingInterval: .milliseconds(200), pongDeadline: .milliseconds(600))
        }
        let client = try ComfyUIClient(url: understudy.url, settings: settings)
        let result: String
        do {
            result = try await picture(client, understudy)
        } catch {
            await client.close()
            throw error
        }
        let more = await client.reconnections > 0 ? "; reconnected" : ""
        await client.close()
        return (result, more)
    }

    private func picture(_ client: ComfyUIClient, _ understudy: Understudy) async throws -> String {
        do {
            if isAboutConnecting { try await begin(understudy) }
            try await client.connect()
            if !isAboutConnecting { try await begin(understudy) }
            let job = try await client.sendWorkflow(Workflows.picture(), extra: ["preview_method": "auto"])
            let files = try await job.result().files.map(\.filename)
            // The server numbers what it saves: a second one would be the proof of a job done twice.
            await understudy.behave()
            let second = try? await client.download(OutputFile(filename: "scene_00002_.png"))
            return files == ["scene_00001_.png"] && second == nil ? "the picture, made once" : "other files: \(files)"
        } catch let error as ConnectivityError {
            return said(error)
        } catch let error as JobFailure {
            return error.code.description
        } catch is CancellationError {
            return "interrupted"
        }
    }

    // MARK: Gradio

    private func gradio(_ understudy: Understudy) async throws -> String {
        var settings = GradioSettings()
        settings.transfer = limits
        settings.retry = retry
        let client = try GradioClient(url: understudy.url, settings: settings)
        try await begin(understudy)
        let result: String
        do {
            let output = try await client.call("stream", "lä", 3).result()
            result = output == ["lä lä lä "] ? "the output" : "another output"
        } catch let error as ConnectivityError {
            result = said(error)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
        return result
    }

    private func said(_ error: ConnectivityError) -> String {
        "\(error.code)\(error.phase.map { " (\($0.rawValue))" } ?? "")"
    }

    private func times(_ count: Int) -> String {
        ["never", "once", "twice"].indices.contains(count) ? ["never", "once", "twice"][count] : "\(count) times"
    }
}
