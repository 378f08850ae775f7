internal import CLws
internal import Glibc

/// A listening socket on one address, watched by the loop.
///
/// Ours rather than the library's: that one listens on every interface when asked for 127.0.0.1 while IPv6 is on,
/// and a socket of our own can be closed and opened again, or be left to accept and say nothing.
/// Lives on the loop's thread.
@safe final class Listener {
    let address: SocketAddress
    private var descriptor: Int32
    private(set) var isListening = false
    private let poll: UnsafeMutablePointer<uv_poll_t>
    /// Takes a socket, the peer's address and that which it came to.
    private let accepted: (Int32, SocketAddress, SocketAddress) -> Void
    /// How many connections the system holds that have not been accepted.
    private static let backlog: Int32 = 4096
    /// Kept to be given up when descriptors run out, so that a connection can be accepted and closed at once.
    private var spare: Int32
    private var onClosed: (() -> Void)?

    init(
        _ wanted: SocketAddress, core: LoopCore, sharesPort: Bool,
        accepted: @escaping (Int32, SocketAddress, SocketAddress) -> Void
    ) throws(SocketServerError) {
        self.accepted = accepted
        (descriptor, address) = try Self.open(wanted, sharesPort: sharesPort)
        unsafe spare = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        unsafe poll = .allocate(capacity: 1)
        unsafe uv_poll_init(core.loop, poll, descriptor)
        // Retained here, released when libuv has closed the handle.
        unsafe poll.pointee.data = Unmanaged.passRetained(self).toOpaque()
        isListening = true
        watch()
    }

    private func watch() {
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            unsafe Unmanaged<Listener>.fromOpaque(handle!.pointee.data).takeUnretainedValue().acceptAll()
        }
    }

    /// Leaves whoever connects in the system's queue, until `pauses` is false again.
    var pauses = false {
        didSet {
            guard isListening, pauses != oldValue else { return }
            if pauses { unsafe uv_poll_stop(poll) } else { watch() }
        }
    }

    /// Has the system refuse whoever connects, until ``resume()``.
    ///
    /// Nobody listens then, as after a close, but the port stays bound: were it free, the system would hand it out as the
    /// local port of any connection that is made meanwhile.
    func refuse() {
        guard isListening else { return }
        isListening = false
        unsafe uv_poll_stop(poll)
        shutdown(descriptor, Int32(SHUT_RDWR))
        // A port that the system chose goes with the listening (tcp_set_state in Linux); one that was asked for stays.
        // So it is asked for now. If it stays, this fails, and nothing is lost.
        try? Self.bind(descriptor, to: address)
    }

    /// Listens again, at the same port.
    func resume() throws(SocketServerError) {
        guard !isListening else { return }
        guard listen(descriptor, Self.backlog) == 0 else { throw .listening(on: address) }
        isListening = true
        if !pauses { watch() }
    }

    /// Closes the socket for good.
    func close(then done: @escaping () -> Void) {
        guard descriptor >= 0 else { return done() }
        isListening = false
        onClosed = done
        unsafe uv_poll_stop(poll)
        Glibc.close(descriptor)
        if spare >= 0 { Glibc.close(spare) }
        descriptor = -1
        unsafe uv_close(understudy_uv_handle_of_poll(poll)) { handle in
            let listener = unsafe Unmanaged<Listener>.fromOpaque(handle!.pointee.data).takeRetainedValue()
            unsafe listener.poll.deallocate()
            listener.onClosed.take()?()
        }
    }

    private func acceptAll() {
        // Bounded: a flood of connections does not keep those that are there from being served.
        for _ in 0..<256 where isListening && !pauses {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe understudy_accept(descriptor, address, &length)
                }
            }
            if accepted >= 0 {
                self.accepted(accepted, SocketAddress(storage), address)
            } else if errno == EMFILE || errno == ENFILE {
                turnOneAway()
            } else if errno != EINTR, errno != ECONNABORTED {
                return
            }
        }
    }

    private func turnOneAway() {
        guard spare >= 0 else { return }
        Glibc.close(spare)
        let victim = accept(descriptor, nil, nil)
        if victim >= 0 { Glibc.close(victim) }
        unsafe spare = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    private static func open(
        _ wanted: SocketAddress, sharesPort: Bool
    ) throws(SocketServerError) -> (Int32, SocketAddress) {
        guard var storage = sockaddr_storage(wanted) else { throw .notNumeric(wanted) }
        let family = Int32(storage.ss_family)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw SocketServerError(.system, "cannot open a socket: \(unsafe String(cString: strerror(errno)))")
        }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if sharesPort { unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, size) }
        if family == AF_INET6 { unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
        do throws(SocketServerError) {
            try bind(descriptor, to: wanted)
            guard listen(descriptor, backlog) == 0 else { throw .listening(on: wanted) }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe getsockname(descriptor, address, &length)
            }
        }
        return (descriptor, SocketAddress(storage))
    }

    private static func bind(_ descriptor: Int32, to address: SocketAddress) throws(SocketServerError) {
        guard var storage = sockaddr_storage(address) else { throw .notNumeric(address) }
        let isV4 = Int32(storage.ss_family) == AF_INET
        let length = socklen_t(isV4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, length)
            }
        }
        guard status == 0 else { throw .listening(on: address) }
    }
}

extension SocketServerError {
    fileprivate static func notNumeric(_ address: SocketAddress) -> Self {
        Self(.addressUnavailable, "cannot listen on \"\(address.host)\": expected an IPv4 or IPv6 address")
    }

    /// What `errno` says after bind(2) or listen(2).
    fileprivate static func listening(on address: SocketAddress) -> Self {
        let error = errno
        return switch error {
        case EADDRINUSE: Self(.addressInUse, "\(address) is in use")
        case EADDRNOTAVAIL: Self(.addressUnavailable, "\(address.host) is no address of this machine")
        case EACCES, EPERM: Self(.permissionDenied, "no permission to listen on \(address)")
        default: Self(.system, "cannot listen on \(address): \(unsafe String(cString: strerror(error)))")
        }
    }
}

extension sockaddr_storage {
    /// The address in the system's form, or nil if the host is not numeric.
    init?(_ address: SocketAddress) {
        self.init()
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if unsafe inet_pton(AF_INET, address.host, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = address.port.bigEndian
            unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.storeBytes(of: v4, as: sockaddr_in.self) }
        } else if unsafe inet_pton(AF_INET6, address.host, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = address.port.bigEndian
            unsafe withUnsafeMutableBytes(of: &self) { unsafe $0.storeBytes(of: v6, as: sockaddr_in6.self) }
        } else {
            return nil
        }
    }
}

extension SocketAddress {
    init(_ storage: sockaddr_storage) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        var port: UInt16 = 0
        unsafe withUnsafeBytes(of: storage) { bytes in
            if Int32(storage.ss_family) == AF_INET {
                var address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                port = UInt16(bigEndian: address.sin_port)
                unsafe inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
            } else if Int32(storage.ss_family) == AF_INET6 {
                var address = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
                port = UInt16(bigEndian: address.sin6_port)
                unsafe inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
            }
        }
        let host = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.init(host: String(decoding: host, as: UTF8.self), port: port)
    }
}
