/// Looks now and then whether a peer is still there from whom nothing is read: its end, which is behind what it has
/// sent, would not be seen. Lives on the loop's thread.
final class PresenceCheck {
    private unowned let stream: any ByteStream
    private let loop: EventLoop
    private var timer: LoopTimer?
    private static let interval = Duration.milliseconds(100)

    init(of stream: any ByteStream, loop: EventLoop) {
        self.stream = stream
        self.loop = loop
    }

    func start() {
        guard timer == nil else { return }
        timer = loop.addTimer(at: .now + Self.interval) { [unowned self] in
            timer = nil
            if stream.peerHasLeft { stream.close(.peer) } else { start() }
        }
    }

    func stop() {
        if let timer = timer.take() { loop.removeTimer(timer) }
    }
}
