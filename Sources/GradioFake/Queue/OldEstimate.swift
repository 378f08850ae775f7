import JSONTree

/// The estimation message of version 3.
struct OldEstimate {
    let queue: EventQueue
    /// `concurrency_count`.
    let workers: Int?

    /// The message for somebody at a place of the queue; nil for the queue as such.
    func json(rank: Int?) -> JSON {
        let mean = queue.meanOfAll
        let concurrent = mean.map { $0 / Double(max(1, min(workers ?? Int.max, queue.finishedCount))) }
        let waiting = Double(queue.waiting.count)
        return [
            "msg": "estimation", "rank": rank.map { .int($0) } ?? .null, "queue_size": .int(queue.waiting.count),
            "avg_event_process_time": .double(mean ?? 0),
            "avg_event_concurrent_process_time": concurrent.map { .double($0) } ?? .null,
            "rank_eta": rank.flatMap { rank in
                mean.map { .double($0 + Double(rank) * (concurrent ?? 0)) }
            } ?? .null,
            "queue_eta": .double(mean == nil ? 1 : (concurrent ?? 0) * waiting),
        ]
    }
}
