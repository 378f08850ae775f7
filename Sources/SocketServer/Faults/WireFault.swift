/// What a connection does wrongly below HTTP and WebSocket, and above TLS.
///
/// Imposed on a connection at any time it holds from then on, for what is written afterwards, heads included; several
/// hold together, and of a kind the last one. The order of bytes is kept, and a writer that is ahead of what is let out
/// suspends as it does for a slow client. In HTTP/2 a rate, pieces and an end that are imposed on an exchange are its stream's
/// (RST_STREAM in place of RST and FIN) and count its body; all else concerns the connection with all its streams.
public indirect enum WireFault: Sendable {
    /// So many bytes leave in a second, spread evenly (every 10 ms, or byte by byte).
    case throttle(bytesPerSecond: Int)
    /// At most so many bytes leave at once (with `size`, which is asked for each piece, that many), and the next ones not
    /// before a gap, which is asked for after each piece.
    case slice(bytes: Int, size: (@Sendable () -> Int)? = nil, gap: @Sendable () -> Duration)
    /// So many bytes leave, exactly, and then the connection ends.
    case cut(afterBytes: Int, WireEnding)
    /// So long after this, the connection ends.
    case expiry(Duration, WireEnding)
    /// An end of ours, close or half close, comes so much later than it would.
    case closeDelay(Duration)
    /// Each piece that is written leaves so much later, as over a long line: what is written meanwhile is under way
    /// as well and nothing overtakes.
    case latency(@Sendable () -> Duration)
    /// The same to what the client sends. A cut there ends the connection with the first byte that is too many, or, if it
    /// is to hang, lets what comes go nowhere; a delay of the close has the client's leaving known so much later.
    case upstream(WireFault)
    /// Nothing is read any more: what the client sends piles up on its way.
    case stopReading
}

/// How a connection ends that is cut.
public enum WireEnding: Sendable, Equatable {
    /// RST, when the client's system has got all that was to leave.
    case reset
    /// FIN (after TLS's close_notify). What the client still sends is dropped.
    case fin
    /// FIN (after TLS's close_notify), while what the client sends is still read and handled.
    case halfClose
    /// Nothing more is sent and nothing closed until the client leaves. What it sends is still handled.
    case hang
}
