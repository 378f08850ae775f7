import Testing

@testable import Connectivity

@Suite struct EventStreamParserTests {
    /// Reads a text whole, and in every way of cutting it in two: all must come to the same.
    private func events(_ text: String, limit: Int = 1000) throws -> [ServerSentEvent] {
        let bytes = Array(text.utf8)
        var whole = EventStreamParser(limit: limit)
        let events = try whole.read(bytes)
        for cut in 0...bytes.count {
            var parser = EventStreamParser(limit: limit)
            let first = try parser.read(bytes[..<cut])
            let second = try parser.read(bytes[cut...])
            #expect(first + second == events)
        }
        return events
    }

    @Test(arguments: [
        ("data: a\n\n", ["a"]), ("data:a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]), ("data:  a\n\n", [" a"]),
        ("data: a\ndata: b\n\n", ["a\nb"]), ("data\ndata\n\n", ["\n"]), ("data\n\n", [""]), ("\n\n\n", []),
        ("data: a", []), ("data: a\n", []), (": comment\ndata: a\n\n", ["a"]), ("other: x\ndata: a\n\n", ["a"]),
        ("\u{FEFF}data: a\n\n", ["a"]), ("data: é😀\n\n", ["é😀"]), ("data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
        ("event: x\n\ndata: a\n\n", ["a"]), ("data : a\n\n", []), (":\n\n", []),
        ("data: a\n\n\u{FEFF}data: b\n\n", ["a"]), ("data: a: b\n\n", ["a: b"]),
    ])
    func `lines become events however they are cut`(text: String, expected: [String]) throws {
        #expect(try events(text).map(\.data) == expected)
    }

    @Test func `types and ids`() throws {
        let events = try events("event: add\nid: 7\ndata: a\n\ndata: b\n\nid: 8\0\ndata: c\n\nid\ndata: d\n\n")

        #expect(events.map(\.type) == ["add", "message", "message", "message"])
        #expect(events.map(\.lastID) == ["7", "7", "7", ""])
    }

    @Test func `a reader may be asked to wait`() throws {
        var parser = EventStreamParser()
        _ = try parser.read("retry: 250\nretry: x\nretry:\n: ping\n:\n".utf8)

        #expect(parser.retryMilliseconds == 250)
        #expect(parser.comments == 2)
    }

    @Test func `an event that is cut off is noticed`() throws {
        var parser = EventStreamParser()
        _ = try parser.read("data: a\n\n".utf8)
        #expect(!parser.isInsideEvent)
        _ = try parser.read("da".utf8)
        #expect(parser.isInsideEvent)
        _ = try parser.read("ta: b\n".utf8)
        #expect(parser.isInsideEvent)
        _ = try parser.read("\n".utf8)
        #expect(!parser.isInsideEvent)
    }

    @Test func `bytes that are no UTF-8 become the replacement character`() throws {
        var parser = EventStreamParser()
        let events = try parser.read(Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8))

        #expect(events.map(\.data) == ["a\u{FFFD}b"])
    }

    @Test func `lines and events are bounded`() {
        var line = EventStreamParser(limit: 20)
        #expect(throws: EventStreamParser.Fault.tooLong(limit: 20)) {
            _ = try line.read(": \(String(repeating: "x", count: 30))".utf8)
        }
        var event = EventStreamParser(limit: 20)
        #expect(throws: EventStreamParser.Fault.tooLong(limit: 20)) {
            _ = try event.read("data: 12345678\ndata: 12345678\ndata: 12345678\n".utf8)
        }
    }
}
