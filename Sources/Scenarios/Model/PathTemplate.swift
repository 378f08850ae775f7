/// A path with holes: `/history/{prompt_id}`, `/gradio_api/call/{api_name}/{event_id}`, `/file={path...}`, `/v1/*`.
///
/// A hole fills one segment or a part of it, `{name...}` at the end all that is left, and `*` as `{...}` of any name.
/// Paths with `|` between them are alternatives: `/prompt|/api/prompt`.
public struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let text: String
    private let alternatives: [[Segment]]

    private enum Segment: Sendable, Hashable {
        case literal(String)
        case hole(prefix: String, suffix: String)
        case rest(prefix: String)

        /// Whether it fits nothing at all as well.
        var isAnything: Bool { self == .rest(prefix: "") }
    }

    public init(_ text: String) {
        self.text = text
        alternatives = text.utf8.split(separator: UInt8(ascii: "|")).map { Self.segments(of: $0) }
    }

    private static func segments(of path: Substring.UTF8View) -> [Segment] {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part in
            if part.elementsEqual("*".utf8) || part.elementsEqual("**".utf8) { return .rest(prefix: "") }
            guard let open = part.firstIndex(of: UInt8(ascii: "{")), let close = part.lastIndex(of: UInt8(ascii: "}")),
                open < close
            else { return .literal(String(Substring(part))) }
            let prefix = String(Substring(part[..<open]))
            if part[..<close].suffix(3).elementsEqual("...".utf8) { return .rest(prefix: prefix) }
            return .hole(prefix: prefix, suffix: String(Substring(part[part.index(after: close)...])))
        }
    }

    public var description: String { text }

    /// Whether a path, without query, fits.
    public func matches(_ path: String) -> Bool {
        alternatives.contains { Self.matches(path, $0) }
    }

    private static func matches(_ path: String, _ segments: [Segment]) -> Bool {
        // By bytes: a path may hold a letter that would grow together with a slash.
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        for segment in segments {
            switch segment {
            case .rest(let prefix):
                return parts.first?.starts(with: prefix.utf8) ?? prefix.isEmpty
            case .literal(let text):
                guard let part = parts.popFirst(), part.elementsEqual(text.utf8) else { return false }
            case .hole(let prefix, let suffix):
                guard let part = parts.popFirst(), part.count > prefix.utf8.count + suffix.utf8.count,
                    part.starts(with: prefix.utf8), part.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
                else { return false }
            }
        }
        return parts.isEmpty
    }

    /// Whether some path could fit both: a rule whose template overlaps no route can never act.
    public func overlaps(_ other: PathTemplate) -> Bool {
        alternatives.contains { mine in other.alternatives.contains { Self.overlap(mine[...], $0[...]) } }
    }

    private static func overlap(_ mine: ArraySlice<Segment>, _ theirs: ArraySlice<Segment>) -> Bool {
        var (mine, theirs) = (mine, theirs)
        while let left = mine.popFirst() {
            guard let right = theirs.popFirst() else {
                return left.isAnything
            }
            switch (left, right) {
            case (.literal(let one), .literal(let two)): if one != two { return false }
            case (.literal(let text), .hole(let prefix, let suffix)),
                (.hole(let prefix, let suffix), .literal(let text)):
                guard text.utf8.count > prefix.utf8.count + suffix.utf8.count, text.hasPrefix(prefix),
                    text.hasSuffix(suffix)
                else { return false }
            case (.hole(let prefix, let suffix), .hole(let other, let end)):
                guard prefix.beginsLike(other), suffix.endsLike(end) else { return false }
            case (.rest(let prefix), .literal(let text)), (.literal(let text), .rest(let prefix)):
                return text.hasPrefix(prefix)
            case (.rest(let prefix), .hole(let other, _)), (.hole(let other, _), .rest(let prefix)),
                (.rest(let prefix), .rest(let other)):
                return prefix.beginsLike(other)
            }
        }
        return theirs.first?.isAnything ?? true
    }
}

extension String {
    /// Whether some text could begin with both.
    fileprivate func beginsLike(_ other: String) -> Bool { hasPrefix(other) || other.hasPrefix(self) }

    /// Whether some text could end with both.
    fileprivate func endsLike(_ other: String) -> Bool { hasSuffix(other) || other.hasSuffix(self) }
}
