internal import Glibc

/// Whether something accepts connections at an address: what a container's health check asks.
struct AddressCheck {
    let url: String

    /// Connects and hangs up again; throws what is wrong.
    func run() throws(SuiteError) {
        guard let (host, port) = hostAndPort else { throw SuiteError(.check, "no address: \(url)") }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, port, &hints, &found) == 0, let address = unsafe found else {
            throw SuiteError(.check, "no address: \(url)")
        }
        defer { unsafe freeaddrinfo(address) }
        let descriptor = unsafe socket(address.pointee.ai_family, address.pointee.ai_socktype | Self.nonBlocking, 0)
        defer { close(descriptor) }
        if unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return }
        var failure = errno
        if failure == EINPROGRESS {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var size = socklen_t(MemoryLayout<Int32>.size)
            failure = ETIMEDOUT
            if unsafe poll(&wait, 1, 2000) == 1 { unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) }
        }
        guard failure == 0 else {
            throw SuiteError(.check, "\(url) does not answer: \(unsafe String(cString: strerror(failure)))")
        }
    }

    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)

    /// `http://[::1]:8188` has the host `::1` and the port `8188`.
    private var hostAndPort: (String, String)? {
        guard let match = url.wholeMatch(of: /https?:\/\/\[?(.+?)\]?:([0-9]+)\/?/) else { return nil }
        return (String(match.1), String(match.2))
    }
}
