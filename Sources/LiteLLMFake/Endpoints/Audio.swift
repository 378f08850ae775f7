internal import Fakes
internal import JSONTree
internal import Media
internal import SocketServer

/// `POST /v1/audio/speech` and `/v1/audio/transcriptions`.
extension FakeLiteLLM {
    func speech(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        try require("input", in: call, route: .terse, path: "/audio/speech")
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            try self.requireAudioModel(call, path: "/audio/speech", isDetail: true)
            let (reached, made) = try await self.attempt(
                call, route: .terse, style: .media
            ) { (deployment) throws(CallFailure) in
                guard call.document.text("voice") != nil else {
                    throw CallFailure(
                        .badRequest, status: 400, "'voice' is required to be passed as a string for OpenAI TTS")
                }
                if self.isMocked(deployment, call) { throw Self.missingCredentials(deployment) }
                return try await self.reach(deployment, call, style: .media, streams: false)
            }
            self.settle(call, used: 0, cost: .nothing)
            var fields = self.successFields(.media, call, made)
            let script = reached.upstream.answers["speech"]
            let sound = script?["hex"]?.string.map { Self.bytes(ofHex: $0) } ?? self.sound(call)
            fields.append("content-type", script?["content_type"]?.string ?? "audio/mpeg")
            fields.close(crossOrigin: call.crossOrigin)
            return .stream(headers: fields) { writer in
                for start in stride(from: 0, to: sound.count, by: 32 * 1024) {
                    try await writer.write(Array(sound[start..<min(start + 32 * 1024, sound.count)]))
                }
            }
        }
    }

    /// As long as a voice would take for the text. A tune where the format takes samples as they are, silence where its coder
    /// is too much for a fake: MP3 (which is also what comes when nobody says), AAC, Opus.
    private func sound(_ call: Call) -> [UInt8] {
        let text = call.document.text("input") ?? ""
        let speed = min(max(call.document["speed"]?.double ?? 1, 0.25), 4)
        let seconds = min(max(Double(text.utf8.count) / 15 / speed, 0.25), 30)
        var luck = environment.random("speech", text)
        // OpenAI's voices have 24,000 samples a second.
        var tune: Sound { Sound.make(seed: luck.next(), prompt: text, seconds: seconds, rate: 24_000) }
        switch call.document.text("response_format") {
        case "wav": return WAV.encode(tune)
        case "pcm": return tune.bytes
        case "flac": return FLAC.encode(tune)
        case "aac": return Silence.aac(seconds: seconds)
        case "opus": return Silence.opus(seconds: seconds)
        default: return Silence.mp3(seconds: seconds)
        }
    }

    private static func bytes(ofHex text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    func transcription(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let started = environment.loop.clock.now
        let bytes = try await body(of: exchange)
        let contentType = visit.request.headers["content-type"]
        let document = try RequestDocument.read(bytes, contentType: contentType)
        let call = try begin(document, visit, started: started)
        guard RequestDocument.parts(bytes, contentType).contains(where: { $0.name == "file" && $0.filename != nil })
        else {
            throw .missing("file", within: "body")
        }
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            try self.requireAudioModel(call, path: "/audio/transcriptions", isDetail: false)
            let (reached, done) = try await self.attempt(
                call, route: .terse, style: .media
            ) { (deployment) throws(CallFailure) -> Reached? in
                if self.isMocked(deployment, call) { return nil }
                return try await self.reach(deployment, call, style: .media, streams: false)
            }
            var made = done
            made.upstreamFields = reached?.fields
            let script = reached?.upstream.answers["transcription"] ?? [:]
            let answer = self.transcript(
                script["text"]?.string ?? made.deployment.mockText ?? "And so it was heard, and written down.",
                format: call.document.text("response_format") ?? "verbose_json")
            self.settle(call, used: 0, cost: .nothing)
            return .json(
                answer.bytes(), fields: self.successFields(.transcription, call, made), crossOrigin: call.crossOrigin)
        }
    }

    private func transcript(_ text: String, format: String) -> JSON {
        switch format {
        case "json": return ["text": .string(text), "usage": ["type": "duration", "seconds": 1.0]]
        case "text": return ["text": .string(text + "\n"), "usage": nil]
        case "srt":
            return ["text": .string("1\n00:00:00,000 --> 00:00:01,000\n\(text)\n\n"), "usage": nil]
        case "vtt":
            return ["text": .string("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n\(text)\n\n"), "usage": nil]
        default:
            return [
                "text": .string(text), "usage": nil, "language": "english", "task": "transcribe", "duration": 1.0,
                "words": nil,
                "segments": [
                    [
                        "id": 0, "avg_logprob": -0.2, "compression_ratio": 1.0, "end": 1.0, "no_speech_prob": 0.01,
                        "seek": 0, "start": 0.0, "temperature": 0.0, "text": .string(text), "tokens": [1, 2],
                    ]
                ],
            ]
        }
    }

    /// The audio routes tell an unknown model in ways of their own.
    private func requireAudioModel(_ call: Call, path: String, isDetail: Bool) throws(ProxyError) {
        if let group = call.group, router.knows(group), call.trouble != .modelNotFound { return }
        if isDetail, call.group == nil { try require("model", in: call, route: .terse, path: path) }
        let message =
            "\(path): Invalid model name passed in model=\(call.shownGroup). "
            + "Call `/v1/models` to view available models for your key."
        let fields = failureFields(.terse, call).fields(nil)
        throw isDetail
            ? ProxyError.detail(400, ["error": .string(message)], fields: fields)
            : ProxyError(400, "{'error': '\(message)'}", fields: fields)
    }

    static let missingCredentialsText =
        "Missing credentials. Please pass an `api_key`, `workload_identity`, `admin_api_key`, or set the "
        + "`OPENAI_API_KEY` or `OPENAI_ADMIN_KEY` environment variable."

    /// What is called for real has no key.
    static func missingCredentials(_ deployment: Deployment) -> CallFailure {
        CallFailure(.connection, status: 500, provider: deployment.exceptionName, missingCredentialsText)
    }
}
