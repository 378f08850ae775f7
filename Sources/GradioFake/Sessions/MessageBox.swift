/// The messages of a session on their way to its readers.
///
/// Lives on the fake's loop. Messages are kept from the first join on, so that a late reader misses nothing; with
/// several readers each message goes to one of them, in turn.
final class MessageBox {
    /// A message with the event that it belongs to.
    struct Letter {
        var event: String?
        var message: QueueMessage
    }

    /// One who reads.
    final class Reader {
        /// Its number in the fake.
        let id: Int
        fileprivate var letters: [Letter] = []
        private let bell: AsyncStream<Void>.Continuation

        init(id: Int, bell: AsyncStream<Void>.Continuation) {
            self.id = id
            self.bell = bell
        }

        /// The next message that has come.
        func take() -> Letter? { letters.isEmpty ? nil : letters.removeFirst() }

        /// Hands over a message and wakes the reader.
        func deliver(_ letter: Letter) {
            letters.append(letter)
            bell.yield()
        }

        /// Wakes the reader for the last time.
        func dismiss() { bell.finish() }
    }

    /// Events whose completion has not been read yet.
    var pending: Set<String> = []
    private var stored: [Letter] = []
    /// Bytes of what is kept for a reader that has not come yet, roughly.
    private(set) var weight = 0
    private(set) var readers: [Reader] = []
    private var turn = 0

    /// Puts a message in.
    func post(_ letter: Letter) {
        guard !readers.isEmpty else {
            stored.append(letter)
            weight += letter.message.weight
            return
        }
        readers[turn % readers.count].deliver(letter)
        turn = (turn + 1) % readers.count
    }

    /// Lets somebody read; what is there is the newcomer's.
    func attach(_ reader: Reader) {
        readers.append(reader)
        let waiting = stored
        stored = []
        weight = 0
        for letter in waiting { reader.deliver(letter) }
    }

    /// Somebody has stopped reading.
    func detach(_ reader: Reader) { readers.removeAll { $0 === reader } }
}
