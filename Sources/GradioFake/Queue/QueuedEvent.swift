import JSONTree

/// An event from its joining to its end. Lives on the fake's loop.
final class QueuedEvent {
    let id: String
    let function: AppFunction
    let session: String
    /// One value for each input, as the client sent them.
    let values: [JSON]
    let caller: Caller
    /// Whether its reader gets whole values, and never edits (`/call`).
    let isSimple: Bool
    /// Whether somebody may still read its messages.
    var isAlive = true
    /// Whether its turn has come.
    var isRunning = false
    /// Whether it is to end, silently, at the next opportunity.
    var isCancelled = false
    /// How many messages it has had.
    var told = 0
    /// The values that the client has.
    var last: [JSON]?
    private var cancellers: [CheckedContinuation<Void, Never>] = []

    init(
        id: String, function: AppFunction, session: String, values: [JSON], caller: Caller, isSimple: Bool
    ) {
        self.id = id
        self.function = function
        self.session = session
        self.values = values
        self.caller = caller
        self.isSimple = isSimple
    }

    /// Waits until the event has ended.
    func waitForEnd() async {
        await withCheckedContinuation { cancellers.append($0) }
    }

    /// Lets those go on who wait for the end.
    func releaseCancellers() {
        let waiting = cancellers
        cancellers = []
        for canceller in waiting { canceller.resume() }
    }
}
