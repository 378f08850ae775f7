/// The `Range` of a request for a file, as the server reads it.
enum ByteRange: Sendable, Hashable {
    /// `bytes=0-9`, which the real server answers in a way of its own.
    case closed(ClosedRange<Int>)
    /// `bytes=10-` and `bytes=-5`.
    case open(Range<Int>)
    /// Nothing of the file lies in it.
    case unsatisfiable
    /// No range, or one that is ignored: the whole file.
    case none

    init(_ header: String?, size: Int) {
        guard let header, header.lowercased().hasPrefix("bytes=") else {
            self = .none
            return
        }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { Self.position($0.filter { $0 != " " }) }
        switch (parts.first ?? nil, parts.count > 1 ? parts[1] : nil) {
        case (let first?, let last?):
            guard first < size, first <= last else {
                self = .unsatisfiable
                return
            }
            self = .closed(first...min(last, size - 1))
        case (let first?, nil): self = first < size ? .open(first..<size) : .unsatisfiable
        case (nil, let count?): self = .open(max(0, size - count)..<size)
        default: self = .none
        }
    }

    /// Digits and nothing else: a sign would make a range that runs backwards.
    private static func position(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }
}
