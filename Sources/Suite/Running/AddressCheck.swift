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
        let descriptor = unsafe socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            throw SuiteError(.check, "\(url) does not answer: \(lastSystemError())")
        }
    }

    /// `http://[::1]:8188` has the host `::1` and the port `8188`.
    private var hostAndPort: (String, String)? {
        guard let match = url.wholeMatch(of: /https?:\/\/\[?(.+?)\]?:([0-9]+)\/?/) else { return nil }
        return (String(match.1), String(match.2))
    }
}
