internal import CLws
internal import Glibc

/// One accepted connection as a stream of bytes: libwebsockets moves them, what they mean is ours. TLS, HTTP and
/// WebSocket are spoken above, so that every byte of them can be as a real server sends it. (The library's own TLS
/// would turn a connection that negotiates `h2` into its HTTP/2, which drops every header field it does not know.)
///
/// Lives on the loop's thread. Retained by the library's connection from `adopt` until its close callback.
@safe final class Transport: ByteStream {
    static let protocolName = "transport"

    private var wsi: OpaquePointer?
    private let descriptor: Int32
    var handler: (any ByteStreamHandler)?
    private var wantsClose = false
    private(set) var isReading = true
    /// Told how it ended, if anybody wants to know.
    var onEnd: ((ConnectionEnd) -> Void)?
    private var received = 0
    private var sent = 0
    /// How this side ended it, if it was the first to do so.
    private var ownEnd: (by: ConnectionEnd.Party, how: ConnectionEnd.Manner)?
    private var writeError: Int32 = 0
    /// What the system has not taken yet.
    private var backlog: ArraySlice<UInt8> = []

    var isOpen: Bool { unsafe wsi != nil }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Takes over an accepted socket. Nil if the library refuses; the socket is closed then.
    static func adopt(_ descriptor: Int32, vhost: Vhost) -> Transport? {
        var one: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let transport = Transport(descriptor: descriptor)
        // Retained here, released in the close callback (or below if there will be none).
        let retained = unsafe Unmanaged.passRetained(transport)
        var info = unsafe lws_adopt_desc_t()
        unsafe info.vh = vhost.pointer
        unsafe info.type = LWS_ADOPT_SOCKET
        unsafe info.fd.sockfd = descriptor
        unsafe info.opaque = retained.toOpaque()
        let wsi = unsafe protocolName.withCString { name in
            unsafe info.vh_prot_name = name
            return unsafe lws_adopt_descriptor_vhost_via_info(&info)
        }
        guard let wsi = unsafe wsi else {
            unsafe retained.release()
            return nil
        }
        unsafe transport.wsi = wsi
        // No timeout of the library's: idle and slow connections are the server's business.
        unsafe lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0)
        return transport
    }

    /// Hands bytes to the socket; what the system does not take at once is kept and sent on. Returns false if more
    /// should wait for ``ByteStreamHandler/becameWritable()``.
    ///
    /// The library's own way of writing is not taken: with bytes in its buffer it reads nothing (4.1.6,
    /// `rops_handle_POLLIN_raw_skt`), but is woken again and again by what there is to be read. A peer that sends and
    /// does not listen would have the thread spin, and nobody would see what it sends.
    func write(_ bytes: [UInt8]) -> Bool {
        guard isOpen, !bytes.isEmpty else { return true }
        sent += bytes.count
        guard backlog.isEmpty else {
            backlog.append(contentsOf: bytes)
            return false
        }
        guard let taken = push(bytes[...]) else { return false }
        if taken == bytes.count { return true }
        backlog = bytes[taken...]
        unsafe lws_callback_on_writable(wsi)
        return false
    }

    private static let sendFlags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

    /// How many bytes the system takes; nil if the connection is broken.
    private func push(_ bytes: ArraySlice<UInt8>) -> Int? {
        var taken = 0
        while taken < bytes.count {
            let count = unsafe bytes.dropFirst(taken).withUnsafeBytes { buffer in
                unsafe send(descriptor, buffer.baseAddress, buffer.count, Self.sendFlags)
            }
            if count >= 0 {
                taken += count
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                writeError = errno
                if ownEnd == nil { ownEnd = peerEnd() }
                close()
                return nil
            }
        }
        return taken
    }

    /// Sends on what is kept. False if some of it still is.
    private func sendBacklog() -> Bool {
        guard !backlog.isEmpty else { return true }
        guard let taken = push(backlog) else { return false }
        backlog = backlog.dropFirst(taken)
        if backlog.isEmpty {
            backlog = []
            return true
        }
        unsafe lws_callback_on_writable(wsi)
        return false
    }

    /// Stops or resumes reading: what the peer sends then waits in the system's buffers.
    func setReading(_ reads: Bool) {
        guard let wsi = unsafe wsi, reads != isReading else { return }
        isReading = reads
        unsafe lws_rx_flow_control(wsi, reads ? 1 : 0)
    }

    /// Says that nothing more will be sent (FIN), and goes on reading.
    func shutdownOutput() {
        guard isOpen else { return }
        if ownEnd == nil { ownEnd = (.server, .fin) }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes in an orderly way (FIN).
    func close(_ cause: ClosingCause) {
        guard let wsi = unsafe wsi, !wantsClose else { return }
        wantsClose = true
        if ownEnd == nil {
            switch cause {
            case .decision: ownEnd = (.server, .fin)
            case .timeout: ownEnd = (.server, .timeout)
            case .peer: ownEnd = peerEnd()
            }
        }
        setReading(true)
        // Both directions shut make the socket readable and writable whatever the peer does; the library then
        // finds the end and closes, from its own callback and never under the caller's feet.
        shutdown(descriptor, Int32(SHUT_RDWR))
        unsafe lws_callback_on_writable(wsi)
    }

    /// Tears the connection: the peer sees RST. Dissolving the association does it (SO_LINGER would not survive
    /// the library's own shutdown).
    func reset() {
        guard isOpen, !wantsClose else { return }
        ownEnd = (.server, .reset)
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        unsafe connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
        close()
    }

    var undelivered: Int { isOpen ? Int(understudy_unconfirmed(descriptor)) : 0 }

    var peerHasLeft: Bool {
        switch state {
        case TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING, TCP_TIME_WAIT, TCP_CLOSE: true
        default: false
        }
    }

    private var state: Int {
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &size)
        return Int(info.tcpi_state)
    }

    /// How the peer ended it: after its RST the system has no connection any more, after its FIN half of one.
    private func peerEnd() -> (ConnectionEnd.Party, ConnectionEnd.Manner) {
        switch writeError {
        case 0, ECONNRESET, EPIPE: break
        case ETIMEDOUT: return (.network("connection timed out"), .timeout)
        case let error: return (.network(unsafe String(cString: strerror(error))), .reset)
        }
        return (.client, state == TCP_CLOSE ? .reset : .fin)
    }

    fileprivate func event(_ reason: lws_callback_reasons, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int32 {
        if reason == LWS_CALLBACK_RAW_RX {
            guard !wantsClose, let bytes = unsafe bytes, count > 0 else { return wantsClose ? -1 : 0 }
            received += count
            unsafe handler?.received(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        } else if reason == LWS_CALLBACK_RAW_WRITEABLE {
            if wantsClose { return -1 }
            if sendBacklog() { handler?.becameWritable() }
        }
        return 0
    }

    fileprivate func closedByLibrary() {
        unsafe wsi = nil
        if let onEnd = onEnd.take() {
            let (by, how) = ownEnd ?? peerEnd()
            onEnd(ConnectionEnd(by: by, how: how, received: received, sent: sent))
        }
        handler.take()?.closed()
    }
}

/// The only C callback: finds the transport, tells it, returns.
let transportCallback:
    @convention(c) (
        OpaquePointer?, lws_callback_reasons, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int
    ) -> Int32 = { wsi, reason, _, bytes, count in
        switch reason {
        case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE:
            guard let opaque = unsafe lws_get_opaque_user_data(wsi) else { return 0 }
            return unsafe Unmanaged<Transport>.fromOpaque(opaque).takeUnretainedValue().event(reason, bytes, count)
        case LWS_CALLBACK_RAW_CLOSE:
            guard let opaque = unsafe lws_get_opaque_user_data(wsi) else { return 0 }
            unsafe lws_set_opaque_user_data(wsi, nil)
            // Retained in `adopt`.
            unsafe Unmanaged<Transport>.fromOpaque(opaque).takeRetainedValue().closedByLibrary()
            return 0
        default:
            return 0
        }
    }
