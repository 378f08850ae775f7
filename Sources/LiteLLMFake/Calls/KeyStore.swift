internal import Fakes
internal import JSONTree
internal import SocketServer

/// The virtual keys and what they have used: the part of a database that clients can feel.
struct KeyStore: Sendable {
    /// One key with its counters. The window of a minute begins with its first request.
    struct Entry: Sendable {
        var key: VirtualKey
        let token: String
        var ends: WallTime?
        var spend: Double
        var windowStart: Double = -.infinity
        var requests = 0
        var tokens = 0
        var inFlight = 0

        init(_ key: VirtualKey) {
            self.key = key
            token = key.token
            ends = key.expires.flatMap(WallTime.init(iso:))
            spend = key.spend
        }
    }

    /// Why a request has to wait.
    struct Refusal: Error, Equatable {
        var type: String
        var limit: Int
        var resets: WallTime
    }

    /// The proxy's window of a minute.
    static let window: Double = 60
    /// What the proxy reserves for an answer whose length the request does not bound.
    static let usualOutput = 1024

    private(set) var entries: [Entry]
    private var indices: [String: Int]
    /// Places of keys that are out of use, in the order in which that came about.
    private var vacated: [Int] = []

    /// The most keys at once.
    static let most = 10_000
    /// So many places stay empty before the first is taken again: for calls that are on their way with the old key.
    private static let rest = 1_000

    init(_ keys: [VirtualKey]) {
        entries = keys.map { Entry($0) }
        indices = Dictionary(keys.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { $1 })
    }

    func index(of key: String) -> Int? { indices[key] }

    /// Adds a key, or puts it in the place of the one with the same secret.
    ///
    /// - Returns: whether there was room for it.
    mutating func add(_ key: VirtualKey) -> Bool {
        if let index = indices[key.key] {
            entries[index] = Entry(key)
            return true
        }
        guard indices.count < Self.most else { return false }
        if vacated.count > Self.rest, let index = vacated.first, entries[index].inFlight == 0 {
            vacated.removeFirst()
            entries[index] = Entry(key)
            indices[key.key] = index
        } else {
            indices[key.key] = entries.count
            entries.append(Entry(key))
        }
        return true
    }

    /// Gives a key other limits; what it has used stays.
    mutating func replace(_ index: Int, with key: VirtualKey) {
        entries[index].key = key
        entries[index].ends = key.expires.flatMap(WallTime.init(iso:))
    }

    /// Sets what a key has spent.
    mutating func charge(_ index: Int, spend: Double) { entries[index].spend = spend }

    /// Takes a key out of use. Its place stays for a while, for calls that are on their way.
    mutating func block(_ index: Int) {
        guard indices.removeValue(forKey: entries[index].key.key) != nil else { return }
        vacated.append(index)
    }

    /// Counts a request against its key's limits, and reserves what it may use.
    ///
    /// - Parameters:
    ///   - prompt: tokens of its text.
    ///   - output: tokens that it asks for at most; nil when it does not say.
    /// - Returns: the tokens reserved, to be given back to ``finished(_:reserved:used:)``.
    mutating func admit(_ index: Int, prompt: Int, output: Int?, now: WallTime) throws(Refusal) -> Int {
        var entry = entries[index]
        if now.seconds - entry.windowStart >= Self.window {
            entry.windowStart = now.seconds
            entry.requests = 0
            entry.tokens = 0
        }
        let resets = WallTime(seconds: entry.windowStart + Self.window)
        if let limit = entry.key.requestLimit, entry.requests >= limit {
            throw Refusal(type: "requests", limit: limit, resets: resets)
        }
        if let limit = entry.key.tokenLimit, entry.tokens >= limit {
            throw Refusal(type: "tokens", limit: limit, resets: resets)
        }
        if let limit = entry.key.parallelLimit, entry.inFlight >= limit {
            throw Refusal(type: "max_parallel_requests", limit: limit, resets: resets)
        }
        entry.requests += 1
        entry.inFlight += 1
        var reserved = 0
        if let limit = entry.key.tokenLimit {
            reserved = prompt + max(0, min(output ?? Self.usualOutput, max(1, limit / 4)))
            entry.tokens = entry.tokens.saturated(adding: reserved)
        }
        entries[index] = entry
        return reserved
    }

    /// Settles a request: what was reserved is replaced by what was used.
    mutating func finished(_ index: Int, reserved: Int, used: Int, cost: Double) {
        if entries[index].key.tokenLimit != nil {
            entries[index].tokens = entries[index].tokens.saturated(adding: used - reserved)
        }
        entries[index].inFlight -= 1
        entries[index].spend += cost
    }

    /// The fields that end a good answer: what is left of each limit.
    func limitFields(_ index: Int) -> HeaderFields {
        let entry = entries[index]
        var fields = HeaderFields()
        func add(_ name: String, left: Int, of limit: Int) {
            fields.append("x-ratelimit-api_key-remaining-\(name)", String(max(0, left)))
            fields.append("x-ratelimit-api_key-limit-\(name)", String(limit))
        }
        if let limit = entry.key.requestLimit {
            add("requests", left: limit.saturated(adding: -entry.requests), of: limit)
        }
        if let limit = entry.key.tokenLimit { add("tokens", left: limit.saturated(adding: -entry.tokens), of: limit) }
        if let limit = entry.key.parallelLimit {
            add("max_parallel_requests", left: limit.saturated(adding: -entry.inFlight), of: limit)
        }
        return fields
    }
}

extension Int {
    /// The sum, or the end of the range that it would leave: limits are whatever a client says.
    func saturated(adding other: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}

extension WallTime {
    /// Reads `2020-01-01T00:00:00Z` and the like; an offset is ignored, as the proxy's keys are in UTC.
    init?(iso text: String) {
        let numbers = text.split { !$0.isNumber }.prefix(6).compactMap { Int($0) }
        guard numbers.count >= 3 else { return nil }
        let parts = numbers + Array(repeating: 0, count: 6 - numbers.count)
        // Days from civil: Hinnant's algorithm over years that begin in March.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        self.init(seconds: Double(days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5]))
    }
}
