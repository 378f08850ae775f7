internal import Dispatch
internal import Fakes
internal import Glibc
internal import Scenarios
public import SocketServer

/// Requests and frames that no client should send, made from a seed: whoever survives them all and then does a
/// normal job as if nothing had been has nothing to fear from a socket.
public struct MalformedTraffic: Sendable {
    private var random: SeededRandom
    private let paths: [String]
    private let webSocketPath: String?
    private let proper: [Proper]
    private let form: (path: String, file: String)?

    /// - Parameters:
    ///   - paths: targets that the server knows, to be misused.
    ///   - webSocketPath: where it takes upgrades, if anywhere.
    ///   - proper: requests that it would accept; with them, half of the traffic are these with wrong bodies.
    ///   - form: where it takes forms, and what the part with the file is called there.
    public init(
        seed: UInt64, paths: [String], webSocketPath: String? = nil, proper: [Proper] = [],
        form: (path: String, file: String)? = nil
    ) {
        random = SeededRandom(seed: seed, "malformed")
        self.paths = paths
        self.webSocketPath = webSocketPath
        self.proper = proper
        self.form = form
    }

    /// The next one.
    public mutating func next() -> [UInt8] {
        if !proper.isEmpty, below(2) == 0 { return misshapen(proper[below(proper.count)]) }
        if let form, below(8) == 0 { return brokenForm(at: form.path, file: form.file) }
        switch random.next() % 12 {
        case 0: return garbage(Int(random.next() % 600) + 1)
        case 1: return bytes("GET \(path()) HTTP/1.1\r\nHost: x\r\n") + garbage(60) + bytes("\r\n\r\n")
        case 2: return bytes("\(word()) \(path()) HTTP/\(random.next() % 4).\(random.next() % 12)\r\nHost: x\r\n\r\n")
        case 3: return bytes("POST \(path()) HTTP/1.1\r\nHost: x\r\nContent-Length: \(length())\r\n\r\n") + garbage(40)
        case 4: return chunked()
        case 5: return bytes("POST \(path()) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n") + json()
        case 6: return multipart()
        case 7: return bytes("GET \(path())/%\(word())%zz%00?\(word())=%f0%28 HTTP/1.1\r\nHost: x\r\n\r\n")
        case 8: return bytes("GET \(path()) HTTP/1.1\r\n") + hugeHead()
        case 9: return mutated()
        default: return webSocketPath == nil ? mutated() : frames()
        }
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    private mutating func path() -> String { paths[Int(random.next() % UInt64(paths.count))] }
    private mutating func word() -> String { random.hex(Int(random.next() % 12) + 1) }
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private mutating func garbage(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private mutating func length() -> String {
        ["-1", "99999999999999999999", "0x10", "5, 6", "", "10000000", " 3 3", "1e3"][Int(random.next() % 8)]
    }

    private mutating func chunked() -> [UInt8] {
        let head = "POST \(path()) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let sizes = ["ffffffffffffffff", "-5", "5;x=y", "zz", "3\r", "", "7fffffff", "0"]
        return bytes(head + sizes[Int(random.next() % 8)] + "\r\n") + garbage(Int(random.next() % 30))
            + bytes("\r\n0\r\n\r\n")
    }

    private mutating func json() -> [UInt8] {
        let texts = [
            "{", "[[[[", "nul", "{\"a\":}", "\"\\ud800\"", "1e999999", "{\"prompt\":[1,2", "[]", "null", "{}",
            String(repeating: "[", count: 5000), "{\"data\":{},\"fn_index\":-1,\"session_hash\":[]}",
            "{\"prompt\":{\"1\":{\"class_type\":5,\"inputs\":[]}}}", "{\"model\":[],\"messages\":\"x\",\"stream\":{}}",
        ]
        let body = bytes(texts[Int(random.next() % UInt64(texts.count))]) + garbage(Int(random.next() % 3))
        return bytes("Content-Length: \(body.count)\r\n\r\n") + body
    }

    private mutating func multipart() -> [UInt8] {
        let body = [
            "--b\r\n\r\n", "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../../x\"\r\n\r\nabc",
            "--c--", "--b--", "--b\r\nContent-Disposition\r\n\r\nx\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=files; filename*=utf-8''%\r\n\r\n\r\n--b--",
        ][Int(random.next() % 6)]
        return bytes(
            "POST \(path()) HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private mutating func hugeHead() -> [UInt8] {
        // Most are a little too large only: what is tried is the limit, not the network.
        let count = random.next() % 64 == 0 ? 70_000 : 300
        return bytes("X-\(word()): ") + [UInt8](repeating: 0x61, count: count) + bytes("\r\n") + garbage(5)
            + bytes("\r\n\r\n")
    }

    /// A proper request with a few bytes changed, dropped or doubled.
    private mutating func mutated() -> [UInt8] {
        let body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"data\":[\"x\"]}"
        var request = bytes(
            "POST \(path()) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        for _ in 0...(random.next() % 4) {
            let place = Int(random.next() % UInt64(request.count))
            switch random.next() % 3 {
            case 0: request[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: request.remove(at: place)
            default: request.insert(request[place], at: place)
            }
        }
        return request
    }

    /// An upgrade, and then frames that break the protocol in one way or another.
    private mutating func frames() -> [UInt8] {
        var result = bytes(
            "GET \(webSocketPath ?? "/") HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + (random.next() % 2 == 0 ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "") + "\r\n")
        for _ in 0...(random.next() % 3) {
            result.append(UInt8(truncatingIfNeeded: random.next()))
            result.append(UInt8(truncatingIfNeeded: random.next()))
            result += garbage(Int(random.next() % 40))
        }
        return result
    }

    /// Sends `count` of them, many at once; some clients leave properly, some tear the connection.
    ///
    /// - Returns: how many were answered, closed without an answer, and left hanging for two seconds (none should).
    public func send(count: Int, to address: SocketAddress) async -> (answered: Int, closed: Int, hanging: Int) {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "malformed-traffic").async {
                continuation.resume(returning: Volley(self).run(count: count, to: address))
            }
        }
    }
}

/// Sends in batches with plain system calls: ten thousand connections are to take a second or two.
private struct Volley {
    private var traffic: MalformedTraffic
    private var random = SeededRandom(seed: 1, "volley")

    init(_ traffic: MalformedTraffic) {
        self.traffic = traffic
    }

    consuming func run(count: Int, to address: SocketAddress) -> (answered: Int, closed: Int, hanging: Int) {
        var result = (answered: 0, closed: 0, hanging: 0)
        var left = count
        while left > 0 {
            let batch = min(left, 64)
            left -= batch
            let sockets = (0..<batch).compactMap { _ in open(address) }
            var waiting: [Int32] = []
            for descriptor in sockets {
                let bytes = traffic.next()
                _ = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                }
                if random.next() % 8 == 0 {
                    var option = linger(l_onoff: 1, l_linger: 0)
                    unsafe setsockopt(
                        descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                    close(descriptor)
                    result.closed += 1
                } else {
                    shutdown(descriptor, Int32(SHUT_WR))
                    waiting.append(descriptor)
                }
            }
            for descriptor in waiting {
                switch drain(descriptor) {
                case .some(let bytes) where bytes > 0: result.answered += 1
                case .some: result.closed += 1
                case nil: result.hanging += 1
                }
                close(descriptor)
            }
        }
        return result
    }

    private func open(_ address: SocketAddress) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, var storage = sockaddr_in(address) else { return nil }
        let connected = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// How many bytes came before the end, or nil if there was no end within two seconds.
    private func drain(_ descriptor: Int32) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        var total = 0
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, 2000) > 0 else { return nil }
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return total }
            total += count
        }
    }
}

extension sockaddr_in {
    init?(_ address: SocketAddress) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = address.port.bigEndian
        guard unsafe inet_pton(AF_INET, address.host, &sin_addr) == 1 else { return nil }
    }
}
