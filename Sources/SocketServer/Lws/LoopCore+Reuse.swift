internal import CLws
internal import Synchronization

/// Cores whose loops have stopped, for those to come.
private let idleCores = Mutex<[LoopCore]>([])

/// Why a core is kept and not destroyed: libwebsockets 4.1.6 closes the descriptor of its event pipe twice when a
/// context on libuv goes, in `lws_context_destroy` and again when the handle has been closed. Between the two the
/// number may have become somebody else's, of any thread, and that one loses a file or a connection. So there are
/// as many contexts as loops have ever run at once; and a loop after the first ones starts without making one.
extension LoopCore {
    /// An idle core, or a new one.
    static func take() throws(SocketServerError) -> LoopCore {
        if let core = idleCores.withLock({ $0.popLast() }) { return core }
        return try LoopCore()
    }

    /// Ends the use of the core by its thread. Only if something of the last loop is still open in it, which is a
    /// misuse (its servers have not stopped), is it destroyed: better a risk than a socket that nobody serves.
    func retire() {
        onWake = {}
        onTimer = {}
        hasWork = { false }
        setTimer(nil)
        // Each turn ends what was about to close.
        for _ in 0..<16 where handleCount() > handlesOfItsOwn { runOnce(waits: false) }
        guard handleCount() == handlesOfItsOwn else { return destroy() }
        idleCores.withLock { $0.append(self) }
    }

    /// How many handles the loop has: ours, those of the library, and one for each socket.
    func handleCount() -> Int {
        var count = 0
        unsafe uv_walk(
            loop,
            { _, count in
                unsafe count!.assumingMemoryBound(to: Int.self).pointee += 1
            }, &count)
        return count
    }
}
