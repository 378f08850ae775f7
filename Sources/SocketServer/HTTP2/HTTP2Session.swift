internal import CNghttp2

/// What a session finds in the bytes of its peer. Called from within ``HTTP2Session/receive(_:)`` and, but for the
/// first three, ``HTTP2Session/takeOutput(into:)``: answers may be submitted there, those two not be called.
protocol HTTP2Events: AnyObject {
    func requested(_ id: Int32, head: HTTP2Head, isComplete: Bool)
    func received(_ bytes: [UInt8], on id: Int32)
    func completed(_ id: Int32)
    /// A stream is over: by both ends, or by a reset of either side.
    func streamClosed(_ id: Int32)
    /// Bytes of an answer's body are wanted.
    func fill(_ room: UnsafeMutableRawBufferPointer, for id: Int32) -> HTTP2Session.Fill
}

/// The HTTP/2 of one connection, between bytes and events: nghttp2 keeps the state of the protocol, the
/// compression of heads and the windows, and rations what a peer may make us do. On the loop's thread.
@safe final class HTTP2Session {
    /// What there was to put into a frame.
    enum Fill {
        case bytes(Int, isLast: Bool)
        /// Nothing now; see ``HTTP2Session/resume(_:)``.
        case later
        /// Nothing any more, and no proper end: the stream is reset.
        case broken
    }

    /// Bounds that are announced to the peer.
    struct Settings {
        var concurrentStreams: UInt32 = 100
        /// What of a stream's body may be under way, and lie unread.
        var window: UInt32 = 128 * 1024
        /// Of all streams together. Given back on arrival, so that one that nobody reads does not hold up others.
        var connectionWindow: Int32 = 4 * 1024 * 1024
        var headerBytes: Int
    }

    private let pointer: OpaquePointer
    private unowned let events: any HTTP2Events
    private let settings: Settings
    /// The head that is being decoded; nil for trailers, which nobody here wants. Heads never interleave.
    private var head: HTTP2Head?

    /// Nil if memory is out.
    init?(events: any HTTP2Events, settings: Settings) {
        var callbacks: OpaquePointer?
        var options: OpaquePointer?
        guard unsafe nghttp2_session_callbacks_new(&callbacks) == 0 else { return nil }
        defer { unsafe nghttp2_session_callbacks_del(callbacks) }
        guard unsafe nghttp2_option_new(&options) == 0 else { return nil }
        defer { unsafe nghttp2_option_del(options) }
        unsafe nghttp2_option_set_no_auto_window_update(options, 1)
        unsafe nghttp2_option_set_no_closed_streams(options, 1)
        unsafe Self.setCallbacks(callbacks)
        var session: OpaquePointer?
        guard unsafe nghttp2_session_server_new2(&session, callbacks, nil, options) == 0, let session = unsafe session
        else { return nil }
        unsafe pointer = session
        self.events = events
        self.settings = settings
        // Unretained: this object owns the session, and no callback comes without a call on it.
        unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        announce()
    }

    deinit {
        unsafe nghttp2_session_del(pointer)
    }

    private func announce() {
        let entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: settings.concurrentStreams),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: settings.window),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
                value: UInt32(clamping: settings.headerBytes)),
            // Priorities are not kept, so that nobody can have a tree of them grow.
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES.rawValue), value: 1),
        ]
        unsafe nghttp2_submit_settings(pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        unsafe nghttp2_session_set_local_window_size(
            pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, settings.connectionWindow)
    }

    // MARK: Bytes

    /// Takes bytes from the peer. False if the connection can only be closed.
    func receive(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBufferPointer {
            unsafe nghttp2_session_mem_recv(pointer, $0.baseAddress, $0.count) >= 0
        }
    }

    /// Appends what is to be sent to the peer, until `output` holds `limit` bytes. False if the connection can only
    /// be closed.
    func takeOutput(into output: inout [UInt8], limit: Int) -> Bool {
        while output.count < limit {
            var bytes: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(pointer, &bytes)
            if count < 0 { return false }
            if count == 0 { return true }
            unsafe output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        }
        return true
    }

    /// How many frames wait to be sent.
    var waitingFrames: Int { unsafe nghttp2_session_get_outbound_queue_size(pointer) }

    /// Whether nothing will be received or sent any more.
    var isOver: Bool {
        unsafe nghttp2_session_want_read(pointer) == 0 && nghttp2_session_want_write(pointer) == 0
    }

    // MARK: Commands

    /// Answers with a head, and with a body if there is one: see ``HTTP2Events/fill(_:for:)``.
    func respond(_ id: Int32, _ fields: HeaderFields, hasBody: Bool) {
        unsafe withFields(fields) { fields, count in
            guard hasBody else { return _ = unsafe nghttp2_submit_response(pointer, id, fields, count, nil) }
            var provider = unsafe nghttp2_data_provider()
            unsafe provider.read_callback = { _, id, buffer, room, flags, _, user in
                let session = unsafe HTTP2Session.of(user)
                let fill = unsafe session.events.fill(
                    UnsafeMutableRawBufferPointer(start: buffer, count: room), for: id)
                switch fill {
                case .bytes(let count, let isLast):
                    if isLast { unsafe flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
                    return count
                case .later:
                    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
                case .broken:
                    return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
                }
            }
            unsafe nghttp2_submit_response(pointer, id, fields, count, &provider)
        }
    }

    /// Sends an interim answer.
    func inform(_ id: Int32, _ fields: HeaderFields) {
        unsafe withFields(fields) { fields, count in
            unsafe nghttp2_submit_headers(pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, nil, fields, count, nil)
        }
    }

    /// There is something to put into frames again.
    func resume(_ id: Int32) {
        unsafe nghttp2_session_resume_data(pointer, id)
    }

    /// So many bytes of a stream's body have been used: as many may come.
    func consumed(_ count: Int, of id: Int32) {
        unsafe nghttp2_session_consume_stream(pointer, id, count)
    }

    func reset(_ id: Int32, isFailure: Bool) {
        let code = isFailure ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_NO_ERROR
        unsafe nghttp2_submit_rst_stream(pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code.rawValue)
    }

    /// Says that streams which begin from now on will not be looked at (GOAWAY).
    func goAway() {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(pointer)
        unsafe nghttp2_submit_goaway(
            pointer, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }

    private func withFields(_ fields: HeaderFields, _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Void) {
        var storage = fields.storage
        unsafe storage.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            let pairs = unsafe fields.entries.map { entry in
                unsafe nghttp2_nv(
                    name: base + Int(entry.nameStart), value: base + Int(entry.valueStart),
                    namelen: Int(entry.nameEnd - entry.nameStart), valuelen: Int(entry.valueEnd - entry.valueStart),
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            unsafe body(pairs, pairs.count)
        }
    }

    // MARK: Callbacks

    private static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2Session {
        unsafe Unmanaged<HTTP2Session>.fromOpaque(user!).takeUnretainedValue()
    }

    private static func setCallbacks(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            let session = unsafe HTTP2Session.of(user)
            let isRequest = unsafe frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
            session.head = isRequest ? HTTP2Head(limit: session.settings.headerBytes) : nil
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, nameCount, value, valueCount, _, user in
            unsafe HTTP2Session.of(user).head?.append(
                name: UnsafeBufferPointer(start: name, count: nameCount),
                value: UnsafeBufferPointer(start: value, count: valueCount))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            let header = unsafe frame!.pointee.hd
            unsafe HTTP2Session.of(user).received(header)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, user in
            let session = unsafe HTTP2Session.of(user)
            unsafe nghttp2_session_consume_connection(session.pointer, count)
            unsafe session.events.received(Array(UnsafeBufferPointer(start: bytes, count: count)), on: id)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, _, user in
            unsafe HTTP2Session.of(user).events.streamClosed(id)
            return 0
        }
    }

    /// Has a stream's answer share the connection with the others. What RFC 9218 has by default is to send one answer
    /// to its end before the next, and an event stream may have no end.
    private func takeTurns(_ id: Int32) {
        var priority = nghttp2_extpri(urgency: UInt32(NGHTTP2_EXTPRI_DEFAULT_URGENCY), inc: 1)
        unsafe nghttp2_session_change_extpri_stream_priority(pointer, id, &priority, 1)
    }

    private func received(_ frame: nghttp2_frame_hd) {
        let ends = frame.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(frame.type) {
        case NGHTTP2_HEADERS.rawValue:
            if let head = head.take() {
                takeTurns(frame.stream_id)
                events.requested(frame.stream_id, head: head, isComplete: ends)
            } else if ends {
                events.completed(frame.stream_id)
            }
        case NGHTTP2_DATA.rawValue where ends:
            events.completed(frame.stream_id)
        default:
            break
        }
    }
}
