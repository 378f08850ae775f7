/// What can happen.
///
/// The large records stand behind a reference, so that the many messages do not pay for the size of an exchange.
public enum JournalEvent: Sendable {
    /// A socket was accepted; both addresses as `host:port`.
    case accepted(peer: String, local: String)
    /// The TLS handshake is done: version and, if one was agreed on, the protocol of ALPN.
    case secured(version: String, alpn: String?)
    /// A request was answered, or broke off.
    indirect case exchange(ExchangeRecord)
    /// A request for WebSocket was answered with 101; its messages follow, and `closed` ends it.
    indirect case opened(ExchangeRecord)
    /// A message of a WebSocket, or an event of a stream.
    case message(MessageRecord)
    /// A ping, pong or close frame of a WebSocket.
    case control(ControlRecord)
    /// A rule did something.
    case effect(EffectRecord)
    /// A request could not be read: what was wrong with it, and the status of the answer if there was one.
    case refused(fault: String, status: Int?)
    /// A scenario was put in force, with so many rules; none was left when the name is empty.
    case scenario(name: String, rules: Int)
    /// The fake started, stopped or restarted, in words.
    case lifecycle(String)
    /// The connection ended.
    case closed(ClosedRecord)

    /// The word for the kind of event, as queries and the JSON form have it.
    public enum Name: String, Sendable, CaseIterable {
        case accepted, secured, exchange, opened, message, control, effect, refused, scenario, lifecycle, closed
    }

    public var name: Name {
        switch self {
        case .accepted: .accepted
        case .secured: .secured
        case .exchange: .exchange
        case .opened: .opened
        case .message: .message
        case .control: .control
        case .effect: .effect
        case .refused: .refused
        case .scenario: .scenario
        case .lifecycle: .lifecycle
        case .closed: .closed
        }
    }
}
