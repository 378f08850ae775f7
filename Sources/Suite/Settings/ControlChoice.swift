/// Whether there is a control server, and where.
public enum ControlChoice: Sendable, Equatable {
    case off
    /// 0 takes a free port.
    case port(Int)

    /// The port on which people look for it.
    public static let usual = ControlChoice.port(9400)

    /// Reads `9400`, `0` or `off`.
    init(text: String, place: String) throws(SuiteError) {
        if text == "off" {
            self = .off
        } else if let port = Int(text), (0...65_535).contains(port) {
            self = .port(port)
        } else {
            throw .usage("\(place): expected a port or \"off\", got \"\(text)\"")
        }
    }
}
