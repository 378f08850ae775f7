internal import JSONTree
internal import Journal
internal import Scenarios
internal import SocketServer

extension Reply {
    /// The end of a connection instead of an answer.
    init(_ drop: Drop) {
        switch drop.manner {
        case .reset: self.init(body: .abort)
        case .close, .closeFrame: self.init(body: .close)
        case .hang: self.init(body: .raw { try await $0.hang() })
        case .halfClose:
            self.init(
                body: .raw { writer in
                    writer.halfClose()
                    try await writer.hang()
                })
        }
    }

    /// An answer of the user's own.
    init(_ response: Response) {
        var headers: HeaderFields = [:]
        for line in response.headers { headers.append(line.name, line.value) }
        let bytes: [UInt8]
        switch response.body {
        case .text(let text):
            bytes = Array(text.utf8)
            if !headers.contains("content-type") { headers.append("content-type", "text/plain; charset=utf-8") }
        case .json(let json):
            bytes = json.bytes()
            if !headers.contains("content-type") { headers.append("content-type", "application/json") }
        case .binary(let binary): bytes = binary
        case nil: bytes = []
        }
        self.init(status: response.status, headers: headers, body: .bytes(bytes))
    }

    /// Sends a whole body in so many pieces, spread over a time; a streamed one stays as it is.
    mutating func dribble(in pieces: Int, over time: Duration, _ visit: Visit) {
        guard case .bytes(let bytes) = body, !bytes.isEmpty else { return }
        let pieces = min(max(pieces, 1), bytes.count)
        headers["content-length"] = "\(bytes.count)"
        body = .stream { writer in
            for piece in 0..<pieces {
                if piece > 0 { try await visit.sleep(time / pieces) }
                try await writer.write(Array(bytes[bytes.count * piece / pieces..<bytes.count * (piece + 1) / pieces]))
            }
        }
    }

    /// Changes values of a JSON body; another body stays as it is.
    mutating func edit(_ edits: [Edit]) {
        guard case .bytes(let bytes) = body, let json = try? JSON(parsing: bytes) else { return }
        let style = JSONStyle.like(String(decoding: bytes.prefix(4096), as: UTF8.self))
        let edited = json.edited(edits).bytes(style)
        replaceBody(edited)
    }

    /// Another whole body, with the length that it has.
    mutating func replaceBody(_ bytes: [UInt8]) {
        body = .bytes(bytes)
        if headers.contains("content-length") { headers["content-length"] = "\(bytes.count)" }
    }
}

extension Request {
    /// A digest of what is asked: FNV-1a over method, target and body.
    func identity(_ body: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        mix(method.utf8)
        mix(target.utf8)
        mix(body)
        return hash
    }
}

extension Visit {
    /// How an exchange ends that a rule has broken off.
    var brokenOff: ExchangeOutcome {
        if let rule = rules.last { return .brokenOff(rule: rule) }
        return exchange.isDisconnected ? .clientLeft : .reset
    }
}
