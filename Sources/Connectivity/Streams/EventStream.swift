/// The events of an answer, as they come. It throws ``ConnectivityError``; its end is the end of the body.
struct EventStream: AsyncSequence, Sendable {
    typealias Element = ServerSentEvent
    let reply: HTTPReply

    /// - Throws: ``ConnectivityError`` if the answer is no stream of events.
    init(_ reply: HTTPReply) throws {
        guard reply.mediaType == "text/event-stream" else {
            throw reply.peer.error(
                .protocol, expected: "text/event-stream from \(reply.url)",
                came: "it answered \(reply.status) with \(reply.header("content-type") ?? "no content type")",
                status: reply.status)
        }
        self.reply = reply
    }

    struct Iterator: AsyncIteratorProtocol {
        let reply: HTTPReply
        var pieces: HTTPBody.Iterator
        var parser = EventStreamParser()
        var waiting: ArraySlice<ServerSentEvent> = []

        mutating func next() async throws -> ServerSentEvent? {
            try await next(isolation: nil)
        }

        mutating func next(isolation: isolated (any Actor)?) async throws -> ServerSentEvent? {
            while true {
                if let event = waiting.popFirst() { return event }
                guard let piece = try await pieces.next(isolation: isolation) else {
                    guard !parser.isInsideEvent else {
                        throw reply.peer.error(
                            .truncated, expected: "whole events from \(reply.url)", came: "the last one is cut off",
                            canRetry: true)
                    }
                    return nil
                }
                do {
                    waiting = try parser.read(piece)[...]
                } catch EventStreamParser.Fault.tooLong(let limit) {
                    throw reply.peer.error(
                        .tooLarge, expected: "events of \(limit) bytes at most from \(reply.url)", came: "a longer one")
                }
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(reply: reply, pieces: reply.body.makeAsyncIterator()) }
}
