import Fakes
import JSONTree
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// What rules do to a WebSocket.
@Suite struct SocketEffectsTests {
    private static let upgrade =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    /// Opens, sends some texts, and shows what comes behind the head.
    private func talk(
        _ fake: StagedFake, _ texts: String..., timeout: Duration = .milliseconds(300)
    ) async throws -> (head: String, frames: [UInt8], end: RawSocket.End) {
        let socket = try await RawSocket(url: fake.url)
        try await socket.send(Self.upgrade)
        for text in texts { try await socket.send(Self.frame(Array(text.utf8))) }
        let (bytes, end) = try await socket.read(timeout: timeout)
        let mark = Array("\r\n\r\n".utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: mark) } ?? bytes.count
        return (
            String(decoding: bytes[..<place], as: UTF8.self), Array(bytes.dropFirst(place + 4)), end
        )
    }

    /// A client's text frame: masked, with a key of zeros.
    private static func frame(_ payload: [UInt8], opcode: UInt8 = 1) -> [UInt8] {
        [0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    private static func text(_ text: String) -> [UInt8] { [0x81, UInt8(text.utf8.count)] + Array(text.utf8) }
    private static let status = text(#"{"type": "status"}"#)
    private static let hello = text(#"{"type": "hello"}"#)

    @Test func `without a rule all comes as it is`() async throws {
        try await withRules { fake in
            let (head, frames, _) = try await talk(fake, #"{"type": "hello"}"#)

            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(frames == Self.status + Self.hello)
        }
    }

    @Test func `the journal has the handshake as it was answered`() async throws {
        try await withRules { fake in
            _ = try await talk(fake)
            let opened = try #require(try fake.journal.exchanges(.path("/ws")).first)

            #expect(opened.status == 101)
            #expect(opened.responseHeaders["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(opened.responseHeaders["upgrade"] == "websocket")
        }
    }

    @Test func `an upgrade is refused with a status and a body`() async throws {
        let rule = Rule.about(
            .opens(path: PathTemplate("/ws")), .respond(Response(status: 503, body: .text("come back later"))))
        try await withRules(rule) { fake in
            let (head, body, _) = try await talk(fake)

            #expect(head.hasPrefix("HTTP/1.1 503"))
            #expect(body == Array("come back later".utf8))
        }
    }

    @Test func `the accept key does not fit`() async throws {
        let rule = Rule.about(.opens(path: PathTemplate("/ws")), .corrupt(Corruption(.badAcceptKey)))
        try await withRules(rule) { fake in
            let (head, _, _) = try await talk(fake)

            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(!head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        }
    }

    @Test func `the handshake has two keys, of which one fits`() async throws {
        let rule = Rule.about(.opens(path: PathTemplate("/ws")), .corrupt(Corruption(.duplicateHeaders)))
        try await withRules(rule) { fake in
            let (head, _, _) = try await talk(fake)
            let keys = head.split(separator: "\r\n").filter { $0.hasPrefix("Sec-WebSocket-Accept: ") }

            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(keys.count == 2)
            #expect(keys.filter { $0.hasSuffix("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") }.count == 1)
        }
    }

    @Test func `101, and then nothing but the end`() async throws {
        let rule = Rule.about(.opens(path: PathTemplate("/ws")), .drop(Drop(.close, afterMessages: 0)))
        try await withRules(rule) { fake in
            let (head, frames, end) = try await talk(fake)

            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(frames == [])
            #expect(end == .finished)
        }
    }

    @Test func `a close code of choice`() async throws {
        let drop = Drop(.closeFrame, code: 1012, reason: "restart")
        try await withRules(.sends("hello", .drop(drop))) { fake in
            let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#)

            #expect(frames == Self.status + [0x88, 9, 0x03, 0xF4] + Array("restart".utf8))
        }
    }

    @Test(arguments: [
        (Corruption(.maskedFrame), 0x81, 0x80 | 17), (Corruption(.reservedBits), 0xB1, 17),
        (Corruption(.fragmentStall), 0x01, 8), (Corruption(.badOpcode), 0x83, 1),
        (Corruption(.oversizedControl), 0x89, 126),
    ])
    func `a frame breaks the protocol`(corruption: Corruption, first: Int, second: Int) async throws {
        try await withRules(.sends("hello", .corrupt(corruption))) { fake in
            let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#)

            #expect(frames.dropFirst(Self.status.count).prefix(2) == [UInt8(first), UInt8(second)])
        }
    }

    @Test func `a message is skipped, doubled, overtaken, changed`() async throws {
        for (effect, expected) in [
            (Effect.skip, []), (.duplicate(1), Self.hello + Self.hello),
            (.edit([Edit(pointer: "/type", value: "adieu")]), Self.text(#"{"type": "adieu"}"#)),
        ] {
            try await withRules(.sends("hello", effect)) { fake in
                let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#)

                #expect(frames == Self.status + expected)
            }
        }
        try await withRules(.sends("status", .reorder(after: 1))) { fake in
            let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#)

            #expect(frames == Self.hello + Self.status)
        }
    }

    @Test func `a message of the client's is not heard`() async throws {
        try await withRules(.about(.receives(type: "hello"), .skip)) { fake in
            let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#, #"{"type": "other"}"#)

            #expect(frames == Self.status + Self.text(#"{"type": "other"}"#))
        }
    }

    @Test func `a message goes to another client`() async throws {
        try await withRules(.sends("hello", .misdeliver)) { fake in
            let other = try await RawSocket(url: fake.url)
            try await other.send(Self.upgrade)
            _ = try await other.read(until: "status\"}")

            let (_, frames, _) = try await talk(fake, #"{"type": "hello"}"#)
            let (strayed, _) = try await other.read { $0.count >= Self.hello.count }

            #expect(frames == Self.status)
            #expect(strayed == Self.hello)
        }
    }

    @Test func `a ping stays without pong, or gets it late`() async throws {
        for (effect, isAnswered) in [
            (Effect.corrupt(Corruption(.noPong)), false), (.delay(.pong, .fixed(.milliseconds(80))), true),
        ] {
            try await withRules(.about(.opens(path: PathTemplate("/ws")), effect)) { fake in
                let socket = try await RawSocket(url: fake.url)
                try await socket.send(Self.upgrade)
                _ = try await socket.read(until: "status\"}")
                let began = ContinuousClock.now
                try await socket.send(Self.frame([7], opcode: 9))

                let timeout = isAnswered ? Duration.seconds(5) : .milliseconds(300)
                let (bytes, end) = try await socket.read(timeout: timeout) { $0.count >= 3 }

                #expect(bytes == (isAnswered ? [0x8A, 1, 7] : []))
                #expect(end == (isAnswered ? .satisfied : .timeout))
                #expect(!isAnswered || ContinuousClock.now - began >= .milliseconds(80))
            }
        }
    }
}
