internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// An error that a scenario puts into the middle of a stream, told as each of the proxy's surfaces tells it.
///
/// Recorded from the real proxy, 1.109.1, before an upstream that broke off so.
struct StreamBreak: Sendable {
    /// After so many events; nil leaves it to the stream, which then has told a little of its text.
    let afterEvents: Int?
    /// What the upstream said.
    let message: String
    let isAnthropic: Bool

    /// Nil if the call has no such trouble.
    init?(_ call: Call, _ deployment: Deployment) {
        guard call.trouble == .midStreamError, let trouble = UpstreamTrouble(call.direction.error) else { return nil }
        afterEvents = trouble.use.afterMessages
        message = trouble.breakMessage(of: deployment)
        isAnthropic = deployment.isAnthropic
    }

    /// How many pieces of text come before the error.
    ///
    /// - Parameters:
    ///   - before: events that a stream has before its first piece.
    ///   - eventsEach: events of one piece.
    func pieces(of count: Int, before: Int, eventsEach: Int = 1) -> Int {
        let wanted = afterEvents.map { ($0 - before) / max(1, eventsEach) } ?? min(3, (count + 1) / 2)
        return min(max(0, wanted), count)
    }

    /// On chat completions.
    var chat: CallFailure {
        isAnthropic
            ? CallFailure(.internalServer, status: 500, "AnthropicError - \(message)")
            : CallFailure(.connection, status: 500, provider: "OpenAIException", message)
    }

    /// On text completions, where the exception has gone through two layers.
    var completion: CallFailure {
        if isAnthropic { return CallFailure(.midStreamFallback, status: 500, chat.bareMessage) }
        let inner = CallFailure(.connection, status: 500, provider: "Text-completion-openaiException", message)
        return CallFailure(
            .internalServer, status: 500, provider: "OpenAIException",
            "litellm.MidStreamFallbackError: \(inner.bareMessage) Original exception: "
                + "\(CallFailure.Kind.connection.rawValue): \(inner.bareMessage)")
    }

    /// The event of a stream of messages: Anthropic's own comes through as it is.
    var messagesEvent: [UInt8] {
        let failure = CallFailure(.internalServer, status: 500, provider: "OpenAIException", message)
        let event: JSON = [
            "type": "error",
            "error": [
                "type": isAnthropic ? "overloaded_error" : "api_error",
                "message": .string(isAnthropic ? message : failure.bareMessage),
            ],
        ]
        return Array("event: error\ndata: ".utf8) + event.bytes(.python) + Array("\n\n".utf8)
    }

    /// The event of a stream of the Responses API.
    ///
    /// - Parameter count: the events before it, by which it is numbered.
    func responsesEvent(of answer: ResponseAnswer, id: String, after count: Int) -> [UInt8] {
        let event: JSON = [
            "type": "response.failed",
            "response": [
                "id": .string(id), "created_at": .int(answer.created),
                "error": ["code": "server_error", "message": .string(isAnthropic ? chat.bareMessage : message)],
                "model": .string(answer.model), "object": "response", "output": [], "status": "failed",
            ],
            // A translated stream counts two more, of events that it keeps to itself.
            "sequence_number": .int(answer.isTranslated ? count + 2 : count),
        ]
        return Array("event: response.failed\ndata: ".utf8) + event.bytes() + Array("\n\n".utf8)
    }
}

extension StreamBreak {
    /// The events of a stream up to the error. The error comes behind the first piece of text at the earliest, and
    /// before the text has ended.
    ///
    /// - Parameter isPiece: whether an event bears text.
    func cut(_ events: [[UInt8]], isPiece: ([UInt8]) -> Bool) -> [[UInt8]] {
        let places = events.indices.filter { isPiece(events[$0]) }
        guard let first = places.first, let last = places.last else { return Array(events.prefix(afterEvents ?? 1)) }
        let count = afterEvents ?? first + pieces(of: places.count, before: 0)
        return Array(events.prefix(min(max(count, 1), last + 1)))
    }
}
