import CNghttp2
import SocketServer
import UnderstudyTestKit

/// Bytes to and from a server, whatever carries them.
protocol ByteLink {
    func send(_ bytes: [UInt8]) async throws
    /// What has come; empty at the end of the connection, or when nothing came for half a minute.
    func receive() async throws -> [UInt8]
}

extension RawSocket: ByteLink {
    func receive() async throws -> [UInt8] { try await read(timeout: .seconds(30)) { !$0.isEmpty }.bytes }
}

extension TLSClient: ByteLink {
    func receive() async throws -> [UInt8] { try await read(timeout: .seconds(30)) { !$0.isEmpty }.bytes }
}

/// An HTTP/2 client for tests, by nghttp2 as well, but with a hand on every frame. Used by one test's task only.
@safe final class HTTP2Client {
    /// What a stream has brought.
    struct Answer {
        var headers = HeaderFields()
        var interim: [HeaderFields] = []
        var body: [UInt8] = []
        var isClosed = false
        /// The code of the reset; 0 if the stream came to its proper end.
        var errorCode: UInt32 = 0
        var status: Int { headers[":status"].flatMap { Int($0) } ?? 0 }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// A body that is sent as far as the server lets it.
    private final class Upload {
        var bytes: [UInt8]
        var sent = 0
        var isHeld = false
        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    private let link: any ByteLink
    private var session: OpaquePointer?
    private(set) var answers: [Int32: Answer] = [:]
    private(set) var goAwayCode: UInt32?
    private(set) var hasEnded = false
    private var current = HeaderFields()
    private var uploads: [Int32: Upload] = [:]

    /// - Parameter givesWindow: whether what has been received is given back to the server by itself.
    init(_ link: any ByteLink, givesWindow: Bool = true, window: UInt32 = 65_535) throws {
        self.link = link
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&callbacks)
        unsafe nghttp2_option_new(&options)
        unsafe nghttp2_option_set_no_auto_window_update(options, givesWindow ? 0 : 1)
        unsafe Self.setCallbacks(callbacks)
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe nghttp2_session_client_new2(&session, callbacks, user, options)
        unsafe nghttp2_session_callbacks_del(callbacks)
        unsafe nghttp2_option_del(options)
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: window)
        ]
        unsafe nghttp2_submit_settings(session, 0, settings, 1)
    }

    deinit {
        unsafe nghttp2_session_del(session)
    }

    // MARK: Requests

    /// Begins a request; it leaves with the next ``run(until:)`` or ``flush()``.
    @discardableResult
    func submit(
        _ method: String = "GET", _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) -> Int32 {
        var fields: HeaderFields = [":method": method, ":scheme": "http", ":authority": "test:1", ":path": path]
        for (name, value) in headers { fields.append(name, value) }
        let id = unsafe Self.withFields(fields) { pairs, count in
            guard body != nil else { return unsafe nghttp2_submit_request(session, nil, pairs, count, nil, nil) }
            var provider = unsafe nghttp2_data_provider()
            unsafe provider.read_callback = { _, id, buffer, room, flags, _, user in
                unsafe HTTP2Client.of(user).fill(
                    UnsafeMutableRawBufferPointer(start: buffer, count: room), for: id, flags)
            }
            return unsafe nghttp2_submit_request(session, nil, pairs, count, &provider, nil)
        }
        if let body { uploads[id] = Upload(body) }
        answers[id] = Answer()
        return id
    }

    /// Keeps the rest of a body back until ``release(_:)``.
    func hold(_ id: Int32) { uploads[id]?.isHeld = true }

    func release(_ id: Int32) {
        uploads[id]?.isHeld = false
        unsafe nghttp2_session_resume_data(session, id)
    }

    /// How much of a body has left.
    func sentBytes(_ id: Int32) -> Int { uploads[id]?.sent ?? 0 }

    func reset(_ id: Int32) {
        unsafe nghttp2_submit_rst_stream(session, 0, id, NGHTTP2_CANCEL.rawValue)
    }

    /// Lets the server send so many bytes more on a stream.
    func giveWindow(_ count: Int, to id: Int32) {
        unsafe nghttp2_session_consume(session, id, count)
    }

    // MARK: Running

    func flush() async throws {
        var output: [UInt8] = []
        while true {
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &bytes)
            guard count > 0 else { break }
            unsafe output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        }
        if !output.isEmpty { try await link.send(output) }
    }

    /// Sends and receives until a condition holds or the connection ends. Whether it holds.
    @discardableResult
    func run(until isEnough: () -> Bool) async throws -> Bool {
        while !isEnough() {
            try await flush()
            if isEnough() { break }
            let bytes = try await link.receive()
            if bytes.isEmpty {
                hasEnded = true
                return isEnough()
            }
            guard unsafe nghttp2_session_mem_recv(session, bytes, bytes.count) >= 0 else {
                throw RawFailure(description: "the server breaks the protocol")
            }
        }
        try await flush()
        return true
    }

    /// Runs until a stream is closed; its answer.
    func answer(_ id: Int32) async throws -> Answer {
        try await run { answers[id]?.isClosed == true }
        return answers[id] ?? Answer()
    }

    /// One request and its answer.
    func exchange(
        _ method: String = "GET", _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        try await answer(submit(method, path, headers: headers, body: body))
    }

    struct RawFailure: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: Callbacks

    private static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2Client {
        unsafe Unmanaged<HTTP2Client>.fromOpaque(user!).takeUnretainedValue()
    }

    private func fill(
        _ room: UnsafeMutableRawBufferPointer, for id: Int32, _ flags: UnsafeMutablePointer<UInt32>?
    ) -> Int {
        guard let upload = uploads[id] else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        if upload.isHeld { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
        let count = min(room.count, upload.bytes.count - upload.sent)
        unsafe room.copyBytes(from: upload.bytes[upload.sent..<upload.sent + count])
        upload.sent += count
        if upload.sent == upload.bytes.count { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
    }

    private static func withFields(
        _ fields: HeaderFields, _ body: (UnsafePointer<nghttp2_nv>, Int) -> Int32
    ) -> Int32 {
        let texts = fields.map { (Array($0.name.utf8), Array($0.value.utf8)) }
        var storage = texts.flatMap { $0.0 + $0.1 }
        return unsafe storage.withUnsafeMutableBufferPointer { bytes in
            var place = bytes.baseAddress!
            let pairs = unsafe texts.map { name, value in
                defer { unsafe place += name.count + value.count }
                return unsafe nghttp2_nv(
                    name: place, value: place + name.count, namelen: name.count, valuelen: value.count, flags: 0)
            }
            return unsafe body(pairs, pairs.count)
        }
    }

    private static func setCallbacks(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, _, user in
            unsafe HTTP2Client.of(user).current = HeaderFields()
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, nameCount, value, valueCount, _, user in
            unsafe HTTP2Client.of(user).current.append(
                String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self),
                String(decoding: UnsafeBufferPointer(start: value, count: valueCount), as: UTF8.self))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            let client = unsafe HTTP2Client.of(user)
            let header = unsafe frame!.pointee.hd
            if UInt32(header.type) == NGHTTP2_HEADERS.rawValue {
                client.headersCame(header.stream_id)
            } else if UInt32(header.type) == NGHTTP2_GOAWAY.rawValue {
                client.goAwayCode = unsafe frame!.pointee.goaway.error_code
            }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, user in
            unsafe HTTP2Client.of(user).answers[id]?.body.append(
                contentsOf: UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, user in
            let client = unsafe HTTP2Client.of(user)
            client.answers[id]?.isClosed = true
            client.answers[id]?.errorCode = code
            return 0
        }
    }

    private func headersCame(_ id: Int32) {
        if current[":status"]?.hasPrefix("1") == true {
            answers[id]?.interim.append(current)
        } else {
            answers[id]?.headers = current
        }
    }
}
