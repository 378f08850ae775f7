internal import JSONTree

/// A message of the server and whom it is for.
struct ServerMessage {
    enum Content {
        /// `{"type": …, "data": …}` as text.
        case event(type: String, data: JSON)
        /// `progress_state`, written only when somebody is there to read it: it names every node.
        case progressState(ProgressBoard)
        case frame([UInt8])
    }

    /// Whom a message reaches (protocol, section 2.3).
    enum Receiver: Equatable {
        /// The socket of the prompt's client; nobody if the prompt has none.
        case client
        /// The same, but everybody if the prompt has no client.
        case clientOrAll
        case all
    }

    let content: Content
    let receiver: Receiver

    static func event(_ type: String, _ data: JSON, to receiver: Receiver) -> ServerMessage {
        ServerMessage(content: .event(type: type, data: data), receiver: receiver)
    }

    static func frame(_ bytes: [UInt8], to receiver: Receiver) -> ServerMessage {
        ServerMessage(content: .frame(bytes), receiver: receiver)
    }

    /// The queue's length, told to everybody.
    static func status(remaining: Int) -> ServerMessage {
        event("status", ["status": ["exec_info": ["queue_remaining": .int(remaining)]]], to: .all)
    }

    /// The text on the wire, in the spacing of Python's `json.dumps`.
    static func text(_ type: String, _ data: JSON) -> String {
        (["type": .string(type), "data": data] as JSON).text(.python)
    }
}
