/// Stands between a WebSocket and its user, and decides what becomes of each message: see ``WebSocket/screen``.
///
/// Called on the loop, in the order of the wire; it answers at once, and whatever takes time it says with
/// ``WebSocketAct/wait(_:)``.
public protocol MessageScreen: AnyObject, Sendable {
    /// The user sends a message.
    func sending(_ message: WebSocketMessage) -> WebSocketActs
    /// The client has sent a message; ``WebSocketAct/message(_:)`` among the acts delivers one to the user.
    func received(_ message: WebSocketMessage) -> WebSocketActs
    /// A control frame came or left: to take note of.
    func control(_ frame: WebSocketControl, fromClient: Bool)
    /// The client has sent a ping. `.pass` answers at once; `.acts([])` never; `.acts([.wait(d), .pong(payload)])`
    /// late, which holds up no message.
    func answerPing(_ payload: [UInt8]) -> WebSocketActs
}

extension MessageScreen {
    public func sending(_ message: WebSocketMessage) -> WebSocketActs { .pass }
    public func received(_ message: WebSocketMessage) -> WebSocketActs { .pass }
    public func control(_ frame: WebSocketControl, fromClient: Bool) {}
    public func answerPing(_ payload: [UInt8]) -> WebSocketActs { .pass }
}

/// What a ``MessageScreen`` decides.
public enum WebSocketActs: Sendable, Equatable {
    /// As if there were no screen.
    case pass
    /// These instead, one after the other; none at all drops the message.
    case acts([WebSocketAct])
}

/// One thing that is done on a WebSocket. Acts of one direction are done in order, each after the waits before it.
public enum WebSocketAct: Sendable, Equatable {
    /// Sends a message, or delivers it if it stands among the acts for a received one.
    case message(WebSocketMessage)
    /// Sends bytes as they are: frames that no server should send. See ``WebSocketFrameBytes``.
    case raw([UInt8])
    /// What comes after it in the same direction waits so long.
    case wait(Duration)
    /// Sends a ping of any size; more than 125 bytes break the protocol (RFC 6455 section 5.5).
    case ping([UInt8])
    /// Sends a pong of any size.
    case pong([UInt8])
    /// Begins the closing handshake, with any code, even one that may not stand in a frame.
    case close(code: UInt16, reason: String)
    /// Ends the connection without a close frame, by RST or by FIN, when what was sent before has left.
    case abort(resets: Bool)
    /// Says by FIN that nothing more will be sent, and goes on receiving until the client leaves.
    case halfClose
    /// Sends nothing any more, pongs and close frames included, and closes nothing until the client leaves.
    case mute
    /// Reads nothing any more: what the client sends piles up on its way.
    case stopReading
}

/// A control frame (RFC 6455 section 5.5).
public enum WebSocketControl: Sendable, Equatable {
    case ping([UInt8])
    case pong([UInt8])
    /// The code is nil if the frame has no payload.
    case close(code: UInt16?, reason: String)
}
