internal import Glibc

/// One event of a stream, as it is on its way out (WHATWG HTML, "Server-sent events").
public struct ServerSentEvent: Sendable, Hashable {
    /// What the `event` field says; empty without one.
    public var name: String
    /// The `data` fields, joined by newlines. Where there is one, as in nearly all events, it is the place where it stands:
    /// nothing has been copied.
    public var data: ArraySlice<UInt8>

    /// Reads the fields of one event.
    public init(bytes: [UInt8]) { self.init(bytes[...]) }

    /// Reads the fields of one event that lies among others.
    init(_ event: ArraySlice<UInt8>) {
        name = ""
        data = []
        var hasData = false
        var start = event.startIndex
        while start < event.endIndex {
            let end = event.lineEnd(from: start) ?? event.endIndex
            let line = event[start..<end]
            if let value = Self.value(of: "data:", in: line) {
                if hasData {
                    data.append(0x0A)
                    data.append(contentsOf: value)
                } else {
                    data = value
                }
                hasData = true
            } else if let value = Self.value(of: "event:", in: line) {
                name = String(decoding: value, as: UTF8.self)
            }
            start = end + 1
        }
    }

    /// The data as a text; what is no UTF-8 in it is U+FFFD.
    public var text: String { String(decoding: data, as: UTF8.self) }

    private static func value(of field: StaticString, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let count = field.utf8CodeUnitCount
        let isField =
            unsafe line.count >= count
            && line.prefix(count).elementsEqual(UnsafeBufferPointer(start: field.utf8Start, count: count))
        guard isField else { return nil }
        let rest = line.dropFirst(count)
        return rest.first == 0x20 ? rest.dropFirst() : rest
    }
}

/// Cuts what a fake writes into whole events. What does not end with an empty line waits for the rest.
struct EventSplitter {
    private var waiting: [UInt8] = []

    /// Whether nothing waits for its rest.
    var isEmpty: Bool { waiting.isEmpty }

    /// Tells the events in bytes one by one, if none of them is incomplete. False if one is; none has been told then.
    static func forEachWhole(in bytes: [UInt8], _ tell: (ArraySlice<UInt8>) -> Void) -> Bool {
        var last = 0
        while let end = end(in: bytes, from: last) { last = end }
        guard last > 0, last == bytes.count else { return false }
        var start = 0
        while let end = end(in: bytes, from: start) {
            tell(bytes[start..<end])
            start = end
        }
        return true
    }

    /// The events that are complete now, each with its end.
    mutating func events(in bytes: [UInt8]) -> [[UInt8]] {
        let all = waiting.isEmpty ? bytes : waiting + bytes
        waiting = []
        var events: [[UInt8]] = []
        var start = 0
        while let end = Self.end(in: all, from: start) {
            events.append(Array(all[start..<end]))
            start = end
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
        var start = start
        while let index = bytes[...].lineEnd(from: start), index + 1 < bytes.count {
            let byte = bytes[index]
            if bytes[index + 1] == byte { return index + 2 }
            if index + 3 < bytes.count, byte == 0x0D, bytes[index + 1] == 0x0A, bytes[index + 2] == 0x0D,
                bytes[index + 3] == 0x0A
            {
                return index + 4
            }
            start = index + 1
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// Where the next LF or CR stands. A hundred thousand events a second are looked through, most of them one line:
    /// nothing is faster there than the C library.
    fileprivate func lineEnd(from start: Int) -> Int? {
        unsafe self[start...].withUnsafeBytes { rest in
            guard let base = rest.baseAddress else { return nil }
            let feed = unsafe memchr(base, 0x0A, rest.count).map { unsafe UnsafeRawPointer($0) - base }
            let carriage = unsafe memchr(base, 0x0D, feed ?? rest.count).map { unsafe UnsafeRawPointer($0) - base }
            return (carriage ?? feed).map { start + $0 }
        }
    }
}
