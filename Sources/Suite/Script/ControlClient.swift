internal import ArgumentParser
internal import Glibc
internal import JSONTree
internal import Terminal

/// Speaks to the control server of a suite that is up, for the commands that steer and ask it.
///
/// One connection for each request, in HTTP/1.0, so that an answer ends where the connection does.
struct ControlClient {
    private let host: String
    private let port: String
    private let token: String?

    /// What came back.
    struct Answer {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        // What is no JSON has no members.
        var json: JSON? { try? JSON(parsing: body) }
    }

    init(url: String, token: String?) throws(SuiteError) {
        guard let match = url.wholeMatch(of: /http:\/\/\[?(.+?)\]?:([0-9]+)\/?/) else {
            throw .usage("expected the control server as http://HOST:PORT, got \"\(url)\"")
        }
        host = String(match.1)
        port = String(match.2)
        self.token = token
    }

    /// Asks, and refuses what is no success with the server's own words.
    func ask(
        _ method: String, _ path: String, type: String = "application/json", body: String? = nil,
        accepting others: Set<Int> = []
    ) throws(SuiteError) -> Answer {
        let descriptor = try send(method, path, type, body)
        defer { close(descriptor) }
        guard let bytes = WholeFile.read(descriptor: descriptor), let answer = Answer(bytes) else {
            throw SuiteError(.check, "the control server at \(host):\(port) gave no answer that can be read")
        }
        guard answer.status >= 300, !others.contains(answer.status) else { return answer }
        let message = answer.json?["detail"]?.string ?? answer.text
        throw SuiteError(answer.status == 401 || answer.status >= 500 ? .check : .usage, message)
    }

    /// Follows a stream of events, and hands on the data of each until the server ends it.
    func follow(_ path: String, _ event: (String) -> Void) throws(SuiteError) {
        let descriptor = try send("GET", path, "", nil)
        defer { close(descriptor) }
        var waiting: [UInt8] = []
        var hasHead = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            waiting += buffer[..<count]
            if !hasHead {
                guard let end = Answer.endOfHead(waiting) else { continue }
                if let answer = Answer(waiting), answer.status != 200 {
                    throw SuiteError(.usage, answer.json?["detail"]?.string ?? answer.text)
                }
                waiting.removeFirst(end)
                hasHead = true
            }
            while let end = waiting.firstRange(of: Array("\n\n".utf8)) {
                for line in waiting[..<end.lowerBound].split(separator: 0x0A)
                where line.starts(with: Array("data: ".utf8)) {
                    event(String(decoding: line.dropFirst(6), as: UTF8.self))
                }
                waiting.removeFirst(end.upperBound)
            }
        }
    }

    private func send(_ method: String, _ path: String, _ type: String, _ body: String?) throws(SuiteError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, port, &hints, &found) == 0, let address = unsafe found else {
            throw SuiteError(.check, "no such host: \(host)")
        }
        defer { unsafe freeaddrinfo(address) }
        let descriptor = unsafe socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
        guard unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            close(descriptor)
            throw SuiteError(.check, "no control server answers at \(host):\(port): \(lastSystemError())")
        }
        var head = "\(method) \(path) HTTP/1.0\r\nHost: \(host.contains(":") ? "[\(host)]" : host):\(port)\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        WholeFile.write(head + "\r\n" + (body ?? ""), to: descriptor)
        return descriptor
    }
}

extension ControlClient.Answer {
    fileprivate init?(_ bytes: [UInt8]) {
        guard let end = Self.endOfHead(bytes),
            let status = Int(String(decoding: bytes.prefix(12).suffix(3), as: UTF8.self))
        else { return nil }
        self.init(status: status, body: Array(bytes[end...]))
    }

    fileprivate static func endOfHead(_ bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
    }
}

/// Where the suite is that a command is for.
struct ControlOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "The control server. (default: UNDERSTUDY_URL, else that of the suite that is up in this folder)",
            valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("What it wants to be shown. (default: UNDERSTUDY_TOKEN)", valueName: "secret"))
    var token: String?

    @OptionGroup var state: StateOptions

    func client() throws(SuiteError) -> ControlClient {
        let token = token ?? environmentVariable("UNDERSTUDY_TOKEN")
        if let url = url ?? environmentVariable("UNDERSTUDY_URL"), !url.isEmpty {
            return try ControlClient(url: url, token: token)
        }
        guard let holder = state.folder.holder, let line = holder.readyLine else {
            throw SuiteError(.check, "nothing is up here: start it with \"understudy up\", or name one with --url")
        }
        guard let control = line.control else {
            throw SuiteError(
                .check, "the suite that is up here has no control server: it was started with --control off")
        }
        return try ControlClient(url: control, token: token)
    }
}

extension String {
    /// As a segment of a path.
    var inPath: String {
        utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
