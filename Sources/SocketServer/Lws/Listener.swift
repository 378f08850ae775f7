internal import CLws
internal import Glibc

/// A listening socket on one address, watched by the loop.
///
/// Ours rather than the library's: that one listens on every interface when asked for 127.0.0.1 while IPv6 is on,
/// and a socket of our own can be closed and opened again, or be left to accept and say nothing.
/// Lives on the loop's thread.
@safe final class Listener {
    private(set) var address: SocketAddress
    private var descriptor: Int32
    private let poll: UnsafeMutablePointer<uv_poll_t>
    /// Takes a socket, the peer's address and that which it came to.
    private let accepted: (Int32, SocketAddress, SocketAddress) -> Void
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
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            unsafe Unmanaged<Listener>.fromOpaque(handle!.pointee.data).takeUnretainedValue().acceptAll()
        }
    }

    /// Closes the socket: from now on the system refuses.
    func close(then done: @escaping () -> Void = {}) {
        guard descriptor >= 0 else { return done() }
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
        for _ in 0..<256 where descriptor >= 0 {
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
        guard var storage = sockaddr_storage(wanted) else {
            throw SocketServerError(
                .addressUnavailable, "cannot listen on \"\(wanted.host)\": expected an IPv4 or IPv6 address")
        }
        let family = Int32(storage.ss_family)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketServerError(.system, "cannot open a socket: \(systemError())") }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if sharesPort { unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, size) }
        if family == AF_INET6 { unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
        var length = socklen_t(family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(descriptor, address, length) == 0, listen(descriptor, 4096) == 0 else { return false }
                return unsafe getsockname(descriptor, address, &length) == 0
            }
        }
        guard bound else {
            let error = errno
            let text = systemError()
            Glibc.close(descriptor)
            switch error {
            case EADDRINUSE: throw SocketServerError(.addressInUse, "\(wanted) is in use")
            case EADDRNOTAVAIL:
                throw SocketServerError(.addressUnavailable, "\(wanted.host) is no address of this machine")
            case EACCES, EPERM: throw SocketServerError(.permissionDenied, "no permission to listen on \(wanted)")
            default: throw SocketServerError(.system, "cannot listen on \(wanted): \(text)")
            }
        }
        return (descriptor, SocketAddress(storage))
    }

    private static func systemError() -> String {
        unsafe String(cString: strerror(errno))
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
