/// A connection that is made to wait before anything is read from it, or that is never let in: see ``Admission``.
///
/// Lives on the loop's thread; held by the stream as its handler until it hands over or the connection is gone.
final class HeldConnection: ByteStreamHandler {
    private let stream: any ByteStream
    private let loop: EventLoop
    private let lingerTimeout: Duration
    private var onAdmission: (() -> Void)?
    private var onAbandoned: (() -> Void)?
    private var timer: LoopTimer?
    private let presence: PresenceCheck

    /// - Parameters:
    ///   - lingerTimeout: how long the client may take to close its side of a connection that is closed.
    ///   - admitted: called once if it is let in, to set the stream's handler.
    ///   - abandoned: called once instead, when the connection has ended before.
    init(
        on stream: any ByteStream, loop: EventLoop, admission: Admission, lingerTimeout: Duration,
        admitted: @escaping () -> Void, abandoned: @escaping () -> Void
    ) {
        self.stream = stream
        self.loop = loop
        self.lingerTimeout = lingerTimeout
        onAdmission = admitted
        onAbandoned = abandoned
        presence = PresenceCheck(of: stream, loop: loop)
        stream.handler = self
        stream.setReading(false)
        presence.start()
        let ending = admission.ending
        timer = loop.addFakeTimer(at: loop.now + (admission.delay ?? .zero)) { [unowned self] in
            timer = nil
            decide(ending)
        }
    }

    private func decide(_ ending: Admission.Ending?) {
        switch ending {
        case nil:
            presence.stop()
            onAbandoned = nil
            let admit = onAdmission.take()
            stream.setReading(true)
            admit?()
        case .reset:
            stream.reset()
        case .close:
            presence.stop()
            stream.setReading(true)
            stream.shutdownOutput()
            timer = loop.addTimer(at: .now + lingerTimeout) { [unowned self] in
                timer = nil
                stream.close()
            }
        case .hang:
            break
        }
    }

    func received(_ bytes: [UInt8]) {}
    func becameWritable() {}

    func closed() {
        if let timer = timer.take() { loop.removeTimer(timer) }
        presence.stop()
        onAdmission = nil
        onAbandoned.take()?()
    }
}

extension HeldConnection: ServerConnection {
    func stop() { stream.close() }
    func drop(resets: Bool) { stream.drop(resets: resets) }
}
