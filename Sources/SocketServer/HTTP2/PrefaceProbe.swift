/// Looks at the first bytes of a connection without TLS on which both HTTP/2 and HTTP/1.1 may be spoken: a client
/// that knows of HTTP/2 beforehand begins with a preface that is no request of HTTP/1 (RFC 9113 section 3.4).
///
/// Lives on the loop's thread; held by the stream as its handler until it hands over to a connection.
final class PrefaceProbe: ByteStreamHandler {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let stream: any ByteStream
    private let loop: EventLoop
    private var input: [UInt8] = []
    private var onDecision: ((ApplicationProtocol) -> Void)?
    private var onAbandoned: (() -> Void)?
    private var timer: LoopTimer?

    /// - Parameters:
    ///   - deadline: how long the client may be silent.
    ///   - decided: called once, to set the stream's handler.
    ///   - abandoned: called once instead, when the connection has ended before.
    init(
        on stream: any ByteStream, loop: EventLoop, deadline: Duration,
        decided: @escaping (ApplicationProtocol) -> Void, abandoned: @escaping () -> Void
    ) {
        self.stream = stream
        self.loop = loop
        onDecision = decided
        onAbandoned = abandoned
        stream.handler = self
        timer = loop.addTimer(at: .now + deadline) { [unowned self] in
            timer = nil
            self.stream.close(.timeout)
        }
    }

    func received(_ bytes: [UInt8]) {
        input.append(contentsOf: bytes)
        let isPreface = input.starts(with: Self.preface)
        if !isPreface, Self.preface.starts(with: input) { return }
        cancelTimer()
        onAbandoned = nil
        onDecision.take()?(isPreface ? .http2 : .http1)
        stream.handler?.received(input)
    }

    func becameWritable() {}

    func closed() {
        cancelTimer()
        onDecision = nil
        onAbandoned.take()?()
    }

    private func cancelTimer() {
        if let timer = timer.take() { loop.removeTimer(timer) }
    }
}

extension PrefaceProbe: ServerConnection {
    func stop() { stream.close() }
    func drop(resets: Bool) { stream.drop(resets: resets) }
}
