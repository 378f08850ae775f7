/// One connection as two streams of bytes: a ``Transport``, or TLS above one. On the loop's thread.
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
    func close()
    /// Tears the connection: the peer sees RST.
    func reset()
}

/// What happens on a byte stream. Called on the loop, from within the library: take note and return.
protocol ByteStreamHandler: AnyObject {
    func received(_ bytes: [UInt8])
    func becameWritable()
    func closed()
}
