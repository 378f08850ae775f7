public import Fakes
internal import JSONTree
public import Scenarios
public import SocketServer

extension FakeLiteLLM {
    public nonisolated var vocabulary: Vocabulary.Backend { Self.vocabulary }

    private static let vocabulary = Vocabulary.Backend(
        kind: "litellm", routes: allRoutes.map { ($0.method, PathTemplate($0.path)) }, sends: eventTypes,
        errors: LiteLLMTrouble.allCases.map { trouble in
            let fitting = allRoutes.filter { trouble.befalls($0.route) }
            return NativeError(
                trouble.rawValue, trouble.summary,
                paths: fitting.count == allRoutes.count ? [] : fitting.map(\.path).withoutRepeats)
        },
        state: LiteLLMStateMember.allCases.map(\.rawValue))

    /// The table, and the paths that hold a model's name, which are taken apart beside it.
    private static let allRoutes: [(method: String, path: String, route: Route)] =
        catalogue
        + deploymentPrefixes.flatMap { prefix in
            deploymentRoutes.map { ("POST", "\(prefix){model}\($0)", $1) }
        }

    /// Events by their name, or else by the `type` or `object` of their JSON.
    private static let eventTypes: [String] =
        ["chat.completion.chunk", "text_completion", "done", "error", "event"]
        + [
            "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
            "message_stop", "ping",
        ]
        + [
            "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta",
            "output_text.done", "function_call_arguments.delta", "function_call_arguments.done", "content_part.done",
            "output_item.done", "completed", "failed",
        ].map { "response." + $0 }

    /// The key, wherever the request carries it.
    public nonisolated func client(of request: Request, body: [UInt8]) -> String {
        Credential(request.headers).text
    }

    public nonisolated func type(of event: ServerSentEvent) -> String {
        if !event.name.isEmpty { return event.name }
        if event.data.elementsEqual("[DONE]".utf8) { return "done" }
        if event.data.starts(with: #"{"error":"#.utf8) { return "error" }
        // Chunks have their object near the beginning; what is found is not looked for to the end. Of a hundred thousand
        // a second nearly all are of this kind.
        let chunk = "chat.completion.chunk"
        if let object = JSON.outermostWord("object", in: event.data), object.elementsEqual(chunk.utf8) { return chunk }
        return JSON.outermostText("object", in: event.data) ?? JSON.outermostText("type", in: event.data) ?? "event"
    }

    public nonisolated func errorBeyond(_ quota: Quota) -> String {
        switch quota.unit {
        case .requests: LiteLLMTrouble.rateLimit.rawValue
        case .tokens: LiteLLMTrouble.tokensLimit.rawValue
        }
    }

    /// As the limits of a key are told behind an answer.
    public nonisolated func fields(of standing: QuotaStanding) -> HeaderFields {
        let name = standing.quota.unit.rawValue
        return [
            "x-ratelimit-api_key-remaining-\(name)": String(standing.remaining),
            "x-ratelimit-api_key-limit-\(name)": String(standing.quota.amount),
        ]
    }
}

extension [String] {
    /// Each once, in the order of their first.
    fileprivate var withoutRepeats: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
