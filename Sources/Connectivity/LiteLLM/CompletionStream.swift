/// The pieces of a streamed answer, in order, for one reader.
///
/// It ends only when the proxy has said so: every choice that began has a finish reason, and `[DONE]` came. Else
/// it throws ``ConnectivityError``, `truncated`; what has come until then is good, and nothing is asked for again.
public struct CompletionStream: AsyncSequence, Sendable {
    public typealias Element = CompletionChunk
    let events: EventStream

    public struct Iterator: AsyncIteratorProtocol {
        var events: EventStream.Iterator
        var reading = CompletionReading()
        var waiting: ArraySlice<CompletionChunk> = []

        public mutating func next() async throws -> CompletionChunk? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation: isolated (any Actor)?) async throws -> CompletionChunk? {
            while true {
                if let chunk = waiting.popFirst() { return chunk }
                if reading.isDone { return nil }
                let event = try await events.next(isolation: isolation)
                let source = JSONView.Source(peer: events.reply.peer, what: "POST \(events.reply.url)")
                waiting = try reading.take(event?.data, source)[...]
            }
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(events: events.makeAsyncIterator()) }

    /// Waits for the end, and gives the text of the first choice.
    public func text() async throws -> String {
        var text = ""
        for try await chunk in self where chunk.index ?? 0 == 0 { text += chunk.text }
        return text
    }
}

/// What a stream's events mean, one after the other. Pure.
struct CompletionReading: Sendable {
    private(set) var isDone = false
    private var hasFinished = false

    /// - Parameter data: that of the next event; nil at the end of the body.
    mutating func take(_ data: String?, _ source: JSONView.Source) throws(ConnectivityError) -> [CompletionChunk] {
        guard let data else { throw truncated(source, "the stream ended without [DONE]") }
        if data == "[DONE]" {
            guard hasFinished else { throw truncated(source, "[DONE] came before any finish reason") }
            isDone = true
            return []
        }
        let view = try JSONView(parsing: Array(data.utf8), source: source)
        if let error = view.optional("error") {
            throw source.peer.error(
                .serverError, expected: "the rest of the answer to \(source.what)",
                came: "the stream says: \(ErrorText.message(in: view.value) ?? error.value.kind)",
                status: error.value["code"]?.string.flatMap { Int($0) } ?? error.value["code"]?.integer)
        }
        let chunks = try CompletionChunk.list(view)
        // A proxy names index 0 only in the one finish chunk of several choices (section 9.2).
        if chunks.contains(where: { $0.finishReason != nil }) { hasFinished = true }
        return chunks
    }

    private func truncated(_ source: JSONView.Source, _ came: String) -> ConnectivityError {
        source.peer.error(.truncated, expected: "the whole answer to \(source.what)", came: came)
    }
}
