/// One connection as two streams of bytes: a ``Transport``, or TLS above one, or faults above either. On the loop's
/// thread.
protocol ByteStream: AnyObject {
    /// Who is told of what happens. Held until ``ByteStreamHandler/closed()`` has been called.
    var handler: (any ByteStreamHandler)? { get set }
    var isOpen: Bool { get }
    /// Takes all bytes. False if more should wait for ``ByteStreamHandler/becameWritable()``.
    func write(_ bytes: [UInt8]) -> Bool
    /// Stops or resumes reading: what the peer sends then waits on its way.
    func setReading(_ reads: Bool)
    /// Says that nothing more will be sent, and goes on reading.
    func shutdownOutput()
    /// Closes in an orderly way. The handler hears of it later, never under the caller's feet.
    func close(_ cause: ClosingCause)
    /// Tears the connection: the peer sees RST.
    func reset()
    /// Ends at once, whatever faults have been imposed.
    func drop(resets: Bool)
    /// Bytes on their way that the peer's system has not confirmed.
    var undelivered: Int { get }
    /// Whether the peer has ended its side: known to the system before it is read.
    var peerHasLeft: Bool { get }
}

extension ByteStream {
    func close() { close(.decision) }

    func drop(resets: Bool) {
        if resets { reset() } else { close() }
    }
}

/// Why a connection is closed from here: for ``ConnectionEnd``.
enum ClosingCause {
    case decision
    /// The peer was silent for too long.
    case timeout
    /// The peer has said that it is over.
    case peer
}

/// What happens on a byte stream. Called on the loop, from within the library: take note and return.
protocol ByteStreamHandler: AnyObject {
    func received(_ bytes: [UInt8])
    func becameWritable()
    func closed()
}
