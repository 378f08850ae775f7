import JSONTree

/// What the state components of each session hold.
///
/// A session begins with a copy of the initial values. Of more than the limit the oldest go. An hour after its
/// page has gone, a session's state goes, too.
struct SessionStates: Sendable {
    private struct Session: Sendable {
        var values: [Int: JSON] = [:]
        /// When the values go, in seconds since 1970; nil while the page is there or was never seen.
        var expiry: Double?
    }

    /// Seconds that a state outlives its page.
    static let lifetime = 3600.0

    private var sessions: [String: Session] = [:]
    private var order: [String] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// How many sessions hold something.
    var count: Int { sessions.count }

    /// The value of a component for a session.
    func value(of component: Component, in session: String) -> JSON {
        sessions[session]?.values[component.id] ?? component.initialState
    }

    /// Keeps a value.
    mutating func set(_ value: JSON, of component: Component, in session: String) {
        if sessions[session] == nil {
            sessions[session] = Session()
            order.append(session)
            if order.count > limit { sessions[order.removeFirst()] = nil }
        }
        sessions[session]?.values[component.id] = value
    }

    /// The page of a session has come or gone.
    mutating func setPresent(_ isPresent: Bool, session: String, now: Double) {
        sessions[session]?.expiry = isPresent ? nil : now + Self.lifetime
    }

    /// Forgets what has expired.
    mutating func expire(now: Double) {
        for (name, session) in sessions where session.expiry.map({ $0 <= now }) ?? false {
            sessions[name] = nil
            order.removeAll { $0 == name }
        }
    }
}
