/// Values by key that stay until there are too many of them, or too many bytes: then the oldest go.
///
/// A suite that runs for weeks keeps what its clients leave behind, and no more than it has room for.
struct BoundedStore<Value: Sendable>: Sendable {
    private let most: Int
    private let mostBytes: Int
    private var entries: [String: (value: Value, size: Int)] = [:]
    private var order: [String] = []
    private var size = 0

    init(most: Int = 1000, mostBytes: Int = 64 << 20) {
        self.most = most
        self.mostBytes = mostBytes
    }

    subscript(key: String) -> Value? { entries[key]?.value }

    /// The values, oldest first.
    var values: [Value] { order.compactMap { entries[$0]?.value } }

    /// Puts a value in, in the place of the one with its key if there is one.
    ///
    /// - Parameter size: of the value, in bytes.
    /// - Returns: whether something had to go for it.
    @discardableResult
    mutating func store(_ value: Value, size: Int, under key: String) -> Bool {
        if let before = entries.updateValue((value, size), forKey: key) {
            self.size -= before.size
        } else {
            order.append(key)
        }
        self.size += size
        var hasLost = false
        while order.count > most || self.size > mostBytes, let oldest = order.first {
            remove(oldest)
            hasLost = true
        }
        return hasLost
    }

    mutating func remove(_ key: String) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        size -= entry.size
        if let place = order.firstIndex(of: key) { order.remove(at: place) }
    }
}
