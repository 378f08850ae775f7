/// Who waits, who runs, and how long it will take: Gradio's queue.
///
/// Pure: it knows no clock and sends nothing. Every method that needs the time is told it, in seconds.
struct EventQueue: Sendable {
    /// An event that waits for its turn.
    struct Entry: Sendable, Hashable {
        let id: String
        let function: Int
        let group: AppFunction.Group
        let session: String
        /// How many of its function run together; nil for a function that takes one.
        var batchSize: Int?
    }

    /// What is said to somebody who waits.
    struct Estimate: Sendable, Hashable {
        /// How many of the same group stand before it.
        var rank: Int
        /// How many of the same group wait, itself included.
        var size: Int
        /// Seconds until its end; nil while nothing is known of the function.
        var eta: Double?
    }

    /// What begins: an event, or several of a batch.
    struct Start: Sendable, Hashable {
        var entries: [Entry]
        /// The mean of the function's past runs in seconds.
        var eta: Double?
        /// Who of the same group still waits, with what is to be said to them.
        var others: [(id: String, estimate: Estimate)]

        static func == (left: Start, right: Start) -> Bool {
            left.entries == right.entries && left.eta == right.eta && left.others.map(\.id) == right.others.map(\.id)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(entries) }
    }

    private struct Job: Sendable {
        var entries: [Entry]
        var began: Double
    }

    private struct Mean: Sendable {
        var count = 0
        var total = 0.0
        var value: Double? { count == 0 ? nil : total / Double(count) }
    }

    /// How many jobs run at once, whatever the limits of their groups: the threads of the server's pool.
    static let most = 40

    /// How many may wait, over all groups; nil for any number.
    var maxSize: Int?
    private(set) var waiting: [Entry] = []
    private var running: [Job] = []
    private var means: [Int: Mean] = [:]

    init(maxSize: Int?) { self.maxSize = maxSize }

    /// Whether nobody may join.
    var isFull: Bool { maxSize.map { waiting.count >= $0 } ?? false }

    /// How many jobs run.
    var runningCount: Int { running.count }

    /// The mean time of all runs, of all functions together.
    var meanOfAll: Double? {
        let all = means.values.reduce(into: Mean()) {
            $0.count += $1.count
            $0.total += $1.total
        }
        return all.value
    }

    /// How many runs have ended well.
    var finishedCount: Int { means.values.reduce(0) { $0 + $1.count } }

    /// Puts an event at the end, and says where it stands.
    mutating func join(_ entry: Entry, now: Double) -> Estimate {
        waiting.append(entry)
        return estimates(of: entry.group, now: now).last?.estimate ?? Estimate(rank: 0, size: 1, eta: nil)
    }

    /// Begins the next event whose group has a free worker; nil if none has.
    mutating func start(now: Double) -> Start? {
        guard running.count < Self.most else { return nil }
        var blocked: Set<AppFunction.Group> = []
        guard
            let place = waiting.firstIndex(where: { entry in
                if blocked.contains(entry.group) { return false }
                if hasFreeWorker(entry.group) { return true }
                blocked.insert(entry.group)
                return false
            })
        else { return nil }
        let first = waiting.remove(at: place)
        var entries = [first]
        if let batchSize = first.batchSize {
            for entry in waiting where entry.function == first.function && entries.count < batchSize {
                entries.append(entry)
            }
            waiting.removeAll { entries.contains($0) }
        }
        // Those who go on waiting are told as if this one were running already.
        running.append(Job(entries: entries, began: now))
        return Start(
            entries: entries, eta: means[first.function]?.value, others: estimates(of: first.group, now: now))
    }

    /// Takes an event out of the queue; false if it does not wait.
    mutating func withdraw(_ id: String) -> Bool {
        guard let place = waiting.firstIndex(where: { $0.id == id }) else { return false }
        waiting.remove(at: place)
        return true
    }

    /// Takes all waiting events of a session out of the queue.
    mutating func withdrawAll(of session: String) -> [Entry] {
        let gone = waiting.filter { $0.session == session }
        waiting.removeAll { $0.session == session }
        return gone
    }

    /// Ends a job. Only one that did well enters the mean of its function.
    mutating func finish(_ id: String, succeeded: Bool, now: Double) {
        guard let place = running.firstIndex(where: { $0.entries.contains { $0.id == id } }) else { return }
        let job = running.remove(at: place)
        guard succeeded, let function = job.entries.first?.function else { return }
        means[function, default: Mean()].count += 1
        means[function, default: Mean()].total += now - job.began
    }

    /// What each event of a group that waits would be told now.
    func estimates(of group: AppFunction.Group, now: Double) -> [(id: String, estimate: Estimate)] {
        let queue = waiting.filter { $0.group == group }
        let jobs = running.filter { $0.entries.first?.group == group }
        let isFree = group.limit.map { jobs.count < $0 } ?? true
        var ahead = 0.0
        var result: [(id: String, estimate: Estimate)] = []
        for (rank, entry) in queue.enumerated() {
            let mean = means[entry.function]?.value
            var eta: Double?
            if let mean {
                let oldest = jobs.map(\.began).min()
                let untilFree = isFree ? 0 : max(0, (oldest ?? now) + mean - now)
                eta = mean + ahead + untilFree
            }
            result.append((entry.id, Estimate(rank: rank, size: queue.count, eta: eta)))
            ahead += (mean ?? 0) / Double(max(1, group.limit ?? 1))
        }
        return result
    }

    private func hasFreeWorker(_ group: AppFunction.Group) -> Bool {
        guard let limit = group.limit else { return true }
        return running.count { $0.entries.first?.group == group } < limit
    }
}
