internal import Fakes

/// Which part of a file is served, and in which of the real server's two ways.
enum ServedPart: Sendable, Hashable {
    /// `bytes=0-9`, which Gradio's own `/file` route answers (`ranged_response.py`).
    case closed(ClosedRange<Int>)
    /// `bytes=10-` and `bytes=-5`, which it leaves to Starlette.
    case open(Range<Int>)
    /// Nothing of the file lies in it.
    case unsatisfiable
    /// No range, or one that is ignored: the whole file.
    case whole

    init(_ field: String?, size: Int) {
        guard let range = field.flatMap({ ByteRange($0, isLenient: true) }) else {
            self = .whole
            return
        }
        guard let part = range.part(of: size) else {
            self = .unsatisfiable
            return
        }
        self = range.first != nil && range.last != nil ? .closed(part.lowerBound...part.upperBound - 1) : .open(part)
    }
}
