/// How far an upload has come, for those who watch it. Lives on the fake's loop.
final class UploadWatch {
    /// Bytes of a file since the last message.
    private(set) var news: [(name: String, bytes: Int)] = []
    private(set) var isDone = false
    private var bell: AsyncStream<Void>.Continuation?

    /// Some bytes of a file have come.
    func add(_ bytes: Int, of name: String) {
        if news.last?.name == name {
            news[news.count - 1].bytes += bytes
        } else {
            news.append((name, bytes))
        }
        bell?.yield()
    }

    /// All has come, or nothing more will. Who begins to watch only now learns nothing else.
    func finish() {
        isDone = true
        if bell == nil { news = [] }
        bell?.yield()
    }

    /// What has come since the last time.
    func take() -> [(name: String, bytes: Int)] {
        defer { news = [] }
        return news
    }

    /// Wakes somebody whenever there is news.
    func watch() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        bell = continuation
        continuation.yield()
        return stream
    }
}
