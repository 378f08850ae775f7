import Fakes
import Testing

/// How events that a fake sends are read again, for rules and the journal.
@Suite struct ServerSentEventTests {
    @Test(arguments: [
        ("data: {\"a\":1}\n\n", "", "{\"a\":1}"), ("data:close\n\n", "", "close"), ("data:  two\n\n", "", " two"),
        ("event: ping\r\ndata: first\r\ndata: second\r\n\r\n", "ping", "first\nsecond"),
        ("data\rdata: a\rdata:\rdata: b\r\r", "", "a\n\nb"), (": comment\nid: 7\n\n", "", ""), ("event:é\n\n", "é", ""),
        ("data: no end", "", "no end"), ("", "", ""),
    ])
    func `fields are read whatever ends a line`(bytes: String, name: String, text: String) {
        let event = ServerSentEvent(bytes: Array(bytes.utf8))

        #expect(event.name == name)
        #expect(event.text == text)
    }
}
