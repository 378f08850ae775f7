/// Is told what becomes of each connection, and decides how it begins: see ``ServerConfiguration/watch``.
///
/// Called on the loop: take note and return. Connections are named by ``Exchange/connectionID``.
public protocol ConnectionWatch: AnyObject, Sendable {
    /// A socket has been accepted; nothing has been read from it, no handshake of TLS has begun.
    ///
    /// - Returns: what becomes of it. Without effect if the server has no room for it.
    func accepted(_ connection: UInt64, from peer: SocketAddress, at local: SocketAddress) -> Admission
    /// TLS has been agreed on.
    ///
    /// - Parameters:
    ///   - version: as OpenSSL spells it: `TLSv1.3`.
    ///   - alpn: the protocol that client and server agreed on (RFC 7301), nil if the client named none.
    func secured(_ connection: UInt64, protocol version: String, alpn: String?)
    /// A request could not be read, and no handler has seen it.
    ///
    /// - Parameter status: what the floor answered, nil if it was too late for an answer.
    func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?)
    /// The connection is gone. The last that is heard of it.
    func closed(_ connection: UInt64, _ end: ConnectionEnd)
}

extension ConnectionWatch {
    public func accepted(
        _ connection: UInt64, from peer: SocketAddress, at local: SocketAddress
    ) -> Admission { .proceed }
    public func secured(_ connection: UInt64, protocol version: String, alpn: String?) {}
    public func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?) {}
    public func closed(_ connection: UInt64, _ end: ConnectionEnd) {}
}

/// How a connection begins.
public struct Admission: Sendable {
    /// An end before the beginning.
    public enum Ending: Sendable, Equatable {
        /// The connection is torn: RST.
        case reset
        /// The connection is closed: FIN, after whatever the client sends.
        case close
        /// Nothing is ever read or sent, until the client leaves.
        case hang
    }

    /// Imposed from the first byte on, above TLS.
    public var faults: [WireFault]
    /// Nil lets it in.
    public var ending: Ending?
    /// How long nothing is read before that, the handshake of TLS included.
    public var delay: Duration?

    public init(faults: [WireFault] = [], ending: Ending? = nil, delay: Duration? = nil) {
        self.faults = faults
        self.ending = ending
        self.delay = delay
    }

    /// As if nobody watched.
    public static let proceed = Admission()
}

/// How a connection ended.
public struct ConnectionEnd: Sendable, Equatable {
    public enum Party: Sendable, Equatable {
        case client
        case server
        /// The system gave it up, for this reason.
        case network(String)
    }

    public enum Manner: Sendable, Equatable {
        case fin
        case reset
        /// The server closed it since the client had been silent for too long, or the network was.
        case timeout
    }

    /// Who ended it first.
    public var by: Party
    public var how: Manner
    /// Bytes that came, those of TLS included.
    public var received: Int
    /// Bytes that were given to the system to be sent, those of TLS included. Of a client that left while it was
    /// far behind, some have not arrived.
    public var sent: Int

    public init(by: Party, how: Manner, received: Int, sent: Int) {
        self.by = by
        self.how = how
        self.received = received
        self.sent = sent
    }
}
