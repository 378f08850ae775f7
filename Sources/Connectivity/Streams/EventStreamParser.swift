/// One event of a stream of server-sent events.
struct ServerSentEvent: Sendable, Hashable {
    /// `message` unless the stream says otherwise.
    var type: String = "message"
    var data: String
    /// The last id that the stream gave, which a reader who comes again would name.
    var lastID: String = ""
}

/// Reads a stream of server-sent events from bytes as they come, however they are cut.
///
/// Pure. As the WHATWG has it (HTML, 9.2.6 Interpreting an event stream): an optional byte order mark, lines that end
/// in CR, LF or CRLF, comments, the fields `event`, `data`, `id` and `retry`, and an event that the stream's end cuts
/// off is no event. UTF-8 is decoded line by line, so no cut between bytes can harm a character.
struct EventStreamParser: Sendable {
    /// Why a stream cannot be read on.
    enum Fault: Error, Sendable, Equatable {
        /// A line, or the data of one event, grew beyond so many bytes.
        case tooLong(limit: Int)
    }

    /// The longest line, and the most data of one event, in bytes.
    let limit: Int
    /// How long a reader who comes again is asked to wait, in milliseconds.
    private(set) var retryMilliseconds: Int?
    /// Comment lines so far: keep-alives, mostly.
    private(set) var comments = 0
    /// Whether the stream, if it ended here, would cut an event off.
    var isInsideEvent: Bool { !line.isEmpty || hasFields }

    private var line: [UInt8] = []
    private var isFirstLine = true
    /// A CR ended the last line: an LF right behind it belongs to it.
    private var ignoresLineFeed = false
    private var data: [UInt8] = []
    private var hasData = false
    private var hasFields = false
    private var type = ""
    private var lastID = ""

    init(limit: Int = 8 * 1024 * 1024) {
        self.limit = limit
    }

    /// The events that these bytes complete.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(Fault) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if ignoresLineFeed {
                ignoresLineFeed = false
                if byte == 0x0A { continue }
            }
            switch byte {
            case 0x0A, 0x0D:
                ignoresLineFeed = byte == 0x0D
                if let event = try endLine() { events.append(event) }
            default:
                guard line.count < limit else { throw .tooLong(limit: limit) }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() throws(Fault) -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            try take(line[...], [])
            return nil
        }
        if colon == 0 {
            comments += 1
            return nil
        }
        var value = line[(colon + 1)...]
        if value.first == 0x20 { value.removeFirst() }
        try take(line[..<colon], value)
        return nil
    }

    private mutating func take(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Fault) {
        switch String(decoding: name, as: UTF8.self) {
        case "data":
            guard data.count + value.count < limit else { throw .tooLong(limit: limit) }
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
            hasFields = true
        case "event":
            type = String(decoding: value, as: UTF8.self)
            hasFields = true
        case "id":
            guard !value.contains(0) else { return }
            lastID = String(decoding: value, as: UTF8.self)
        case "retry":
            guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
        default: return  // an unknown field is no fault
        }
    }

    /// An empty line: the event is complete, unless it had no data.
    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            hasFields = false
            type = ""
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), lastID: lastID)
    }
}
