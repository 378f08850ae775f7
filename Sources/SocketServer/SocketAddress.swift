/// An IP address and a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address: `127.0.0.1`, `::1`.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:8188`, `[::1]:8188`.
    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// What went wrong in starting or running a server.
public struct SocketServerError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The port is held by another socket.
        public static let addressInUse = Code(name: "addressInUse")
        /// The host is not an IP address of this machine.
        public static let addressUnavailable = Code(name: "addressUnavailable")
        /// The process may not bind that port.
        public static let permissionDenied = Code(name: "permissionDenied")
        /// The event loop could not be made.
        public static let loopUnavailable = Code(name: "loopUnavailable")
        /// Certificate or key could not be used.
        public static let badCertificate = Code(name: "badCertificate")
        /// The system refused for another reason, told in the message.
        public static let system = Code(name: "system")
    }

    public let code: Code
    public let message: String
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
