import Testing

@testable import SocketServer

@Suite struct HeaderFieldsTests {
    @Test func `names are found in any case and keep their spelling and order`() {
        let fields: HeaderFields = ["Content-Type": "a", "x-two": "1", "X-Two": "2"]

        #expect(fields["content-type"] == "a")
        #expect(fields.all("x-TWO") == ["1", "2"])
        #expect(fields.map(\.name) == ["Content-Type", "x-two", "X-Two"])
    }

    @Test func `setting replaces the first and removes the others`() {
        var fields: HeaderFields = ["a": "1", "b": "2", "A": "3"]

        fields["A"] = "9"

        #expect(fields == ["a": "9", "b": "2"])
    }

    @Test func `a value cannot begin a new line`() {
        var fields = HeaderFields()

        fields.append("a", "x\r\nSet-Cookie: y")

        #expect(fields["a"] == "x  Set-Cookie: y")
    }

    @Test func `lists are read item by item`() {
        let fields: HeaderFields = ["Connection": "keep-alive, Upgrade"]

        #expect(fields.list("connection", contains: "upgrade"))
        #expect(!fields.list("connection", contains: "close"))
    }
}

@Suite struct RequestParserTests {
    private func parse(
        _ text: String, style: HeadStyle = .init(), limits: ServerLimits = .init()
    ) throws(RequestFault) -> RequestParser.Head {
        let bytes = Array(text.utf8)
        var parser = RequestParser(ServerConfiguration(style: style, limits: limits))
        guard let end = parser.endOfHead(in: bytes, from: 0) else { throw .badRequestLine }
        return try parser.parse(bytes, from: 0, to: end, peer: .init(host: "127.0.0.1", port: 1), isSecure: false)
    }

    @Test func `the target is kept as sent beside its decoded path`() throws {
        let head = try parse("GET /a%20b/..%2Fc?x=1&y=%26+z HTTP/1.1\r\nHost: h\r\n\r\n")

        #expect(head.request.target == "/a%20b/..%2Fc?x=1&y=%26+z")
        #expect(head.request.path == "/a b/../c")
        #expect(head.request.queryItems["y"] == "& z")
        #expect(head.keepsAlive)
    }

    @Test(arguments: [
        ("GET\r\n\r\n", RequestFault.badRequestLine), ("GET / HTTP/1.1 x\r\n\r\n", .badRequestLine),
        ("GET / HTTP/3.0\r\n\r\n", .badVersion), ("G<T / HTTP/1.1\r\n\r\n", .badRequestLine),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", .badHeader), ("GET / HTTP/1.1\r\nb ad: x\r\n\r\n", .badHeader),
        ("GET / HTTP/1.1\r\na: b\u{1}\r\n\r\n", .badHeader), ("GET / HTTP/1.1\r\n a: folded\r\n\r\n", .badHeader),
        ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", .badLength),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .badLength),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .badLength),
    ])
    func `what is broken is told apart`(text: String, fault: RequestFault) {
        #expect(throws: fault) { try parse(text) }
    }

    @Test func `a missing host is a fault only where the server minds`() throws {
        #expect(throws: RequestFault.missingHost) {
            try parse("GET / HTTP/1.1\r\n\r\n", style: HeadStyle(requiresHost: true))
        }
        #expect(throws: RequestFault.severalHosts) {
            try parse("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", style: HeadStyle(requiresHost: true))
        }
        _ = try parse("GET / HTTP/1.0\r\n\r\n", style: HeadStyle(requiresHost: true))
        _ = try parse("GET / HTTP/1.1\r\n\r\n")
    }

    @Test func `targets, names, values and their number can be bounded`() throws {
        let limits = ServerLimits(lineBytes: 10, fields: 2)

        _ = try parse("GET /123456789 HTTP/1.1\r\nabcdefghij: 1234567890  \r\nb: 2\r\n\r\n", limits: limits)
        #expect(throws: RequestFault.targetTooLong(beginning: Array("/1234567890".utf8))) {
            try parse("GET /1234567890 HTTP/1.1\r\n\r\n", limits: limits)
        }
        #expect(throws: RequestFault.fieldTooLong(beginning: Array("12345678901".utf8))) {
            try parse("GET / HTTP/1.1\r\na: 12345678901\r\n\r\n", limits: limits)
        }
        #expect(throws: RequestFault.fieldTooLong(beginning: Array("abcdefghijk: 1".utf8))) {
            try parse("GET / HTTP/1.1\r\nabcdefghijk: 1\r\n\r\n", limits: limits)
        }
        #expect(throws: RequestFault.tooManyFields) {
            try parse("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n", limits: limits)
        }
    }

    @Test func `a line that is too long is seen before its end has come`() {
        let parser = RequestParser(ServerConfiguration(limits: ServerLimits(lineBytes: 10)))

        #expect(parser.overlongLine(in: Array("GET /123456789 HTTP/1.1".utf8)) == nil)
        #expect(
            parser.overlongLine(in: Array("GET /1234567890".utf8))
                == .targetTooLong(beginning: Array("/1234567890".utf8)))
        #expect(parser.overlongLine(in: Array("GET / HTTP/1.1\r\na: 1234567890".utf8)) == nil)
        #expect(
            parser.overlongLine(in: Array("GET / HTTP/1.1\r\na: 12345678901".utf8))
                == .fieldTooLong(beginning: Array("12345678901".utf8)))
    }

    @Test func `an absolute target loses scheme and authority`() throws {
        #expect(try parse("GET http://h:1/p?q HTTP/1.1\r\n\r\n").request.path == "/p")
    }
}

@Suite struct ChunkedDecoderTests {
    private func decode(_ text: String, pieces: Int) throws(RequestFault) -> (body: String, isDone: Bool) {
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + pieces)])
            start += piece.count
            var index = 0
            try decoder.decode(piece, from: &index, into: &body)
        }
        return (String(decoding: body, as: UTF8.self), decoder.isDone)
    }

    @Test(arguments: [1, 2, 3, 100]) func `chunks are joined however they are cut`(pieces: Int) throws {
        let result = try decode(
            "5\r\nhello\r\nC;ext=1\r\n big, wide, \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n", pieces: pieces)

        #expect(result.body == "hello big, wide, world")
        #expect(result.isDone)
    }

    @Test(arguments: ["zz\r\n", "\r\n", "5\r\nhelloX", "-1\r\n", "fffffffffffff\r\n"])
    func `broken framing is refused`(text: String) {
        #expect(throws: RequestFault.badChunk) { try decode(text, pieces: 100) }
    }
}

@Suite struct RouteTableTests {
    private var table: RouteTable<String> {
        var table = RouteTable<String>()
        table.on("GET", "/queue", "queue")
        table.on("POST", "/queue", "change queue")
        table.on("GET", "/history/{id}", "history")
        table.on("GET", "/file={path...}", "file")
        table.on("*", "/any/{x}/end", "any")
        return table
    }

    @Test func `templates match whole segments`() throws {
        guard case .found("history", let parameters) = table.match(method: "GET", path: "/history/a%2F") else {
            Issue.record("not found")
            return
        }
        #expect(parameters == ["id": "a%2F"])
        if case .found = table.match(method: "GET", path: "/history/a/b") { Issue.record("too long a path matched") }
        if case .found = table.match(method: "GET", path: "/history/") { Issue.record("an empty segment matched") }
    }

    @Test func `the rest of a path keeps its slashes`() {
        guard case .found("file", let parameters) = table.match(method: "GET", path: "/file=/tmp/a/b.png") else {
            Issue.record("not found")
            return
        }
        #expect(parameters["path"] == "/tmp/a/b.png")
    }

    @Test func `another method is told what is allowed`() {
        guard case .methodNotAllowed(let allow) = table.match(method: "PUT", path: "/queue") else {
            Issue.record("expected 405")
            return
        }
        #expect(allow == ["GET", "POST"])
        guard case .notFound = table.match(method: "GET", path: "/queue/") else {
            Issue.record("a trailing slash matched")
            return
        }
    }
}

@Suite struct CivilTimeTests {
    @Test func `dates are those of the calendar`() {
        #expect(CivilTime(seconds: 0).httpDate == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(CivilTime(seconds: 1_795_345_200).httpDate == "Sun, 22 Nov 2026 11:00:00 GMT")
        #expect(CivilTime(seconds: 951_782_400).httpDate == "Tue, 29 Feb 2000 00:00:00 GMT")
        #expect(CivilTime(seconds: -1).httpDate == "Wed, 31 Dec 1969 23:59:59 GMT")
    }
}
