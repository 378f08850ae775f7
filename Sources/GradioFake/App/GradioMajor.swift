/// The major version of Gradio that is imitated.
///
/// What differs between them stands in ``Dialect``; the versions are those whose traffic was recorded.
public enum GradioMajor: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// 3.50.2: a WebSocket for each call.
    case three = 3
    /// 4.44.1: event streams, without a prefix.
    case four = 4
    /// 5.50.0: as 6, with fewer fields.
    case five = 5
    /// 6.31.0, the one that is imitated unless told otherwise.
    case six = 6

    /// The full version, as `/config` names it.
    public var version: String {
        switch self {
        case .three: "3.50.2"
        case .four: "4.44.1"
        case .five: "5.50.0"
        case .six: "6.31.0"
        }
    }

    public static func < (left: GradioMajor, right: GradioMajor) -> Bool { left.rawValue < right.rawValue }
}
