import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// Starts a fake with the probe classes of the recordings.
func withComfyUI<Result>(
    seed: UInt64 = 7, _ change: (inout ComfyUIConfiguration) -> Void = { _ in },
    _ body: (StagedFake) async throws -> Result
) async throws -> Result {
    var setup = ComfyUIConfiguration()
    setup.nodeFiles = [Array(Probes.file.utf8)]
    change(&setup)
    return try await withFake(
        id: "comfyui", seed: seed, { [setup] in try FakeComfyUI(environment: $0, setup: setup) }, body)
}

/// A small part of the recordings' own node file.
enum Probes {
    static let file = #"""
        {"ProbeProgress": {
            "required": {"steps": ["INT", {"min": 1}], "delay_ms": ["INT"], "preview": ["BOOLEAN"]},
            "output": ["IMAGE"], "hidden": {"id": "UNIQUE_ID"},
            "behaviour": {"do": {"steps": "@steps", "delay_ms": "@delay_ms", "preview": "@preview", "size": [64, 48]},
                          "give": [{"image": [64, 48], "colour": 0}]}},
         "ProbeRaise": {
            "required": {"text": ["STRING"], "image": ["IMAGE"]}, "output": ["IMAGE"],
            "behaviour": {"do": {"raise": "ValueError", "text": "@text"}}},
         "ProbeSleep": {
            "required": {"seconds": ["FLOAT"], "image": ["IMAGE"]}, "output": ["IMAGE"],
            "behaviour": {"do": {"sleep": "@seconds"}, "give": ["@image"]}},
         "ProbeText": {
            "required": {"text": ["STRING"]}, "output": ["STRING"], "saves": true,
            "behaviour": {"do": {"say": "progress: {text}"}, "give": ["@text"], "show": {"text": ["@text"]}}},
         "ProbeAside": {
            "required": {"seconds": ["FLOAT"]}, "output": ["FLOAT"],
            "behaviour": {"async": true, "do": {"sleep": "@seconds"}, "give": ["@seconds"]}}}
        """#
}

extension StagedFake {
    /// POSTs JSON and gives the answer's status and JSON.
    func post(_ path: String, _ body: JSON) async throws -> (status: Int, json: JSON) {
        let answer = try await RawSocket.request("POST", url + path, body: body.text())
        return (answer.status, answer.body.isEmpty ? .null : try JSON(parsing: answer.body))
    }

    func get(_ path: String) async throws -> JSON { try JSON(parsing: try await RawSocket.get(url + path).body) }

    /// Posts a prompt and gives its id.
    func queue(_ prompt: JSONObject, client: String? = nil, extra: JSONObject = [:]) async throws -> String {
        var body: JSON = ["prompt": .object(prompt)]
        if let client { body["client_id"] = .string(client) }
        for member in extra { body[member.key] = member.value }
        let answer = try await post("/prompt", body)
        return try #require(answer.json["prompt_id"]?.string, "\(answer.json)")
    }
}

/// A client of `/ws` over a raw socket.
actor SocketClient {
    enum Message: Sendable {
        case event(type: String, data: JSON)
        case other(JSON)
        case frame([UInt8])
        case closed

        /// The type of an event, `frame N` of a binary message.
        var name: String {
            switch self {
            case .event(let type, _): type
            case .other(let value): value["type"]?.string ?? "?"
            case .frame(let bytes): "frame \(bytes[3])"
            case .closed: "closed"
            }
        }

        var data: JSON { if case .event(_, let data) = self { data } else { .null } }
    }

    private let socket: RawSocket
    private var buffer: [UInt8]
    private(set) var seen: [Message] = []

    /// Connects; the greeting is the first message.
    init(_ fake: StagedFake, _ id: String? = nil, path: String = "/ws") async throws {
        socket = try await RawSocket(url: fake.url)
        let query = id.map { "?clientId=\($0)" } ?? ""
        try await socket.send(
            """
            GET \(path)\(query) HTTP/1.1\r\nHost: \(fake.addresses[0])\r\nUpgrade: websocket\r\nConnection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """)
        let (bytes, _) = try await socket.read { $0.contains(subsequence: Array("\r\n\r\n".utf8)) }
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        guard bytes.starts(with: Array("HTTP/1.1 101 ".utf8)) else {
            throw Unexpected(description: String(decoding: bytes, as: UTF8.self))
        }
        buffer = Array(bytes[end.upperBound...])
    }

    func send(_ message: JSON) async throws { try await send(text: message.text()) }

    func send(text: String) async throws {
        let payload = Array(text.utf8)
        var frame: [UInt8] = [0x81]
        frame +=
            payload.count < 126
            ? [0x80 | UInt8(payload.count)] : [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        // A mask of zeros changes nothing.
        try await socket.send(frame + [0, 0, 0, 0] + payload)
    }

    /// Says that it leaves, and waits until the fake has hung up.
    func close() async throws {
        // Masked with zeros, as no secret is needed here.
        try await socket.send([0x88, 0x80, 0, 0, 0, 0])
        _ = try await socket.read()
    }

    /// The next message; `nil` if none comes in time.
    func next(within time: Duration = .seconds(20)) async throws -> Message? {
        while true {
            if let message = try takeFrame() {
                seen.append(message)
                return message
            }
            let wanted = buffer.count
            let (bytes, end) = try await socket.read(timeout: time) { !$0.isEmpty }
            buffer += bytes
            if buffer.count == wanted { return end == .timeout ? nil : .closed }
        }
    }

    /// Messages up to one of this type, that one included.
    func read(until isLast: @Sendable (Message) -> Bool) async throws -> [Message] {
        var messages: [Message] = []
        while let message = try await next() {
            messages.append(message)
            if isLast(message) { return messages }
            if case .closed = message { break }
        }
        throw Unexpected(
            description: """
                the awaited message did not come; before: \(messages.map(\.name)), \(seen.count) in all, \
                \(buffer.count) bytes of a frame
                """)
    }

    /// Messages up to the end of a run.
    func run() async throws -> [Message] {
        try await read { $0.name == "executing" && $0.data["node"] == JSON.null }
    }

    private func takeFrame() throws -> Message? {
        guard buffer.count >= 2 else { return nil }
        var length = Int(buffer[1] & 0x7F)
        var start = 2
        if length == 126 {
            guard buffer.count >= 4 else { return nil }
            (length, start) = (Int(buffer[2]) << 8 | Int(buffer[3]), 4)
        } else if length == 127 {
            guard buffer.count >= 10 else { return nil }
            (length, start) = (buffer[2..<10].reduce(0) { $0 << 8 | Int($1) }, 10)
        }
        guard buffer.count >= start + length else { return nil }
        let (opcode, payload) = (buffer[0] & 0x0F, Array(buffer[start..<(start + length)]))
        buffer.removeFirst(start + length)
        switch opcode {
        case 1:
            let value = try JSON(parsing: payload)
            guard let type = value["type"]?.string, let data = value["data"] else { return .other(value) }
            return .event(type: type, data: data)
        case 2: return .frame(payload)
        default: return .closed
        }
    }
}
