/// The bytes of entries, one behind the other: written at the end, forgotten from the beginning.
///
/// They lie in segments, so that neither costs more than the bytes themselves: an entry is copied to the end of the
/// last segment, and the first one is taken again when all that it holds is forgotten.
struct JournalTape: Sendable {
    /// Where an entry lies.
    struct Place: Sendable {
        /// The number of its segment, counted from the first there ever was.
        var segment: UInt32
        var start: UInt32
        var count: UInt32
    }

    private static let segmentSize = 256 << 10
    /// A segment that has less room than this is full.
    private static let margin = 2 << 10

    private var segments: [[UInt8]] = []
    private var firstSegment: UInt32 = 0
    private var spare: [UInt8] = []

    /// Adds what the closure appends.
    @inline(__always)
    mutating func append(_ write: (inout [UInt8]) -> Void) -> Place {
        if segments.last.map({ $0.count > Self.segmentSize - Self.margin }) ?? true { addSegment() }
        let last = segments.count - 1
        let start = segments[last].count
        write(&segments[last])
        return Place(
            segment: firstSegment &+ UInt32(last), start: UInt32(start), count: UInt32(segments[last].count - start))
    }

    /// Reads an entry that has not been forgotten.
    func read<Result>(_ place: Place, _ body: (inout TapeReader) -> Result) -> Result {
        let segment = segments[Int(place.segment &- firstSegment)]
        var reader = TapeReader(segment[Int(place.start)..<Int(place.start + place.count)])
        return body(&reader)
    }

    /// Everything before this place is read no more.
    mutating func forget(before place: Place) {
        while firstSegment != place.segment {
            var segment = segments.removeFirst()
            firstSegment &+= 1
            // One that an entry has stretched is not kept.
            guard segment.capacity < Self.segmentSize * 2 else { continue }
            segment.removeAll(keepingCapacity: true)
            spare = segment
        }
    }

    /// Forgets all, and gives the memory back.
    mutating func clear() {
        firstSegment &+= UInt32(segments.count)
        segments = []
        spare = []
    }

    private mutating func addSegment() {
        var segment = spare
        spare = []
        segment.reserveCapacity(Self.segmentSize)
        segments.append(segment)
    }
}

extension [UInt8] {
    /// Appends a value of fixed size as it lies in memory.
    @inline(__always)
    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        unsafe Swift.withUnsafeBytes(of: value) { unsafe append(contentsOf: $0) }
    }

    /// Appends bytes behind their count.
    @inline(__always)
    mutating func put(bytes: [UInt8]) {
        put(UInt32(bytes.count))
        append(contentsOf: bytes)
    }

    /// Appends a text behind its count.
    @inline(__always)
    mutating func put(text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(UInt32(utf8.count))
            unsafe append(contentsOf: utf8)
        }
    }

    /// Appends whether there is a text, and the text.
    @inline(__always)
    mutating func put(text: String?) {
        put(text != nil)
        if let text { put(text: text) }
    }
}

/// Reads what has been put, in the same order.
struct TapeReader: ~Copyable {
    private let content: ArraySlice<UInt8>
    private var index: Int

    init(_ content: ArraySlice<UInt8>) {
        self.content = content
        index = content.startIndex
    }

    mutating func take<Value: BitwiseCopyable>(_: Value.Type = Value.self) -> Value {
        let size = MemoryLayout<Value>.size
        defer { index += size }
        return unsafe content[index..<index + size].withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { index += count }
        return Array(content[index..<index + count])
    }

    mutating func bytes() -> [UInt8] { bytes(Int(take(UInt32.self))) }

    mutating func text(_ count: Int) -> String {
        defer { index += count }
        return String(decoding: content[index..<index + count], as: UTF8.self)
    }

    mutating func text() -> String { text(Int(take(UInt32.self))) }

    mutating func textIfAny() -> String? { take(Bool.self) ? text() : nil }
}
