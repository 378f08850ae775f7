/// Between the loop of a server and one that carries connections for it.
struct PostalService: Sendable {
    let toHome: Post
    let fromHome: Post

    init(home: EventLoop, outpost: EventLoop) {
        toHome = Post(from: outpost, to: home)
        fromHome = Post(from: home, to: outpost)
    }
}

/// What one loop has for another: it leaves once a turn, in order. To wake a loop costs more than most of what it is woken for.
final class Post: Flushable, @unchecked Sendable {
    // @unchecked because it is used only on the loop from which it goes.
    private let origin: EventLoop
    private let destination: EventLoop
    private var errands: [@Sendable () -> Void] = []

    init(from origin: EventLoop, to destination: EventLoop) {
        self.origin = origin
        self.destination = destination
    }

    /// On the loop from which it goes.
    func add(_ errand: @escaping @Sendable () -> Void) {
        if errands.isEmpty { origin.markDirty(self) }
        errands.append(errand)
    }

    func flush() {
        let leaving = errands
        errands = []
        destination.onLoop { for errand in leaving { errand() } }
    }
}
