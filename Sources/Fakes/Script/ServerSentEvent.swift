/// One event of a stream, as it is on its way out (WHATWG HTML, "Server-sent events").
public struct ServerSentEvent: Sendable, Hashable {
    /// The bytes with the empty line that ends them.
    public var bytes: [UInt8]
    /// What the `event` field says; empty without one.
    public var name: String
    /// The `data` fields, joined by newlines.
    public var data: String

    /// Reads the fields of one event.
    public init(bytes: [UInt8]) {
        self.init(bytes[...])
        self.bytes = bytes
    }

    /// Reads the fields of one event that lies among others.
    init(_ event: ArraySlice<UInt8>) {
        bytes = []
        name = ""
        data = ""
        var hasData = false
        var start = event.startIndex
        while start < event.endIndex {
            let end = event[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? event.endIndex
            let line = event[start..<end]
            if let value = Self.value(of: "data:", in: line) {
                data = hasData ? data + "\n" + value : value
                hasData = true
            } else if let value = Self.value(of: "event:", in: line) {
                name = value
            }
            start = end + 1
        }
    }

    private static func value(of field: StaticString, in line: ArraySlice<UInt8>) -> String? {
        let count = field.utf8CodeUnitCount
        let isField =
            unsafe line.count >= count
            && line.prefix(count).elementsEqual(UnsafeBufferPointer(start: field.utf8Start, count: count))
        guard isField else { return nil }
        var rest = line.dropFirst(count)
        if rest.first == 0x20 { rest = rest.dropFirst() }
        return String(decoding: rest, as: UTF8.self)
    }
}

/// Cuts what a fake writes into whole events. What does not end with an empty line waits for the rest.
struct EventSplitter {
    private var waiting: [UInt8] = []

    /// Whether nothing waits for its rest.
    var isEmpty: Bool { waiting.isEmpty }

    /// The events in bytes in which none is incomplete; nil if one is.
    static func wholeEvents(in bytes: [UInt8]) -> [Range<Int>]? {
        guard bytes.last == 0x0A || bytes.last == 0x0D else { return nil }
        var events: [Range<Int>] = []
        var start = 0
        while let end = end(in: bytes, from: start) {
            events.append(start..<end)
            start = end
        }
        return start == bytes.count ? events : nil
    }

    /// The events that are complete now, each with its end.
    mutating func events(in bytes: [UInt8]) -> [[UInt8]] {
        let all = waiting.isEmpty ? bytes : waiting + bytes
        waiting = []
        var events: [[UInt8]] = []
        var start = 0
        var index = 0
        while let end = Self.end(in: all, from: index) {
            events.append(Array(all[start..<end]))
            start = end
            index = end
        }
        if start < all.count { waiting = Array(all[start...]) }
        return events
    }

    /// What is left when the stream ends.
    mutating func rest() -> [UInt8] {
        defer { waiting = [] }
        return waiting
    }

    /// Just behind the next empty line: after LF LF, CR LF CR LF or CR CR.
    private static func end(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            let byte = bytes[index]
            if byte == 0x0A || byte == 0x0D {
                if bytes[index + 1] == byte { return index + 2 }
                if index + 3 < bytes.count, byte == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D,
                    bytes[index + 3] == 0x0A
                {
                    return index + 4
                }
            }
            index += 1
        }
        return nil
    }
}
