extension Verification {
    /// Holds the claim against entries, the oldest first.
    ///
    /// - Parameter drops: what the journal could not keep. A claim that reaches back before the oldest entry cannot be
    ///   judged then, and fails with that reason, unless enough is there to prove it.
    public func check(
        _ entries: [JournalEntry], drops: JournalDrops = JournalDrops(), redaction: Redaction = Redaction()
    ) -> VerificationResult {
        var check = ClaimCheck(entries, isPartial: drops.entries > 0, redaction: redaction)
        check.judge(claim)
        // What was typed may be a key as well.
        let text = redaction.body(Array(claim.description.utf8)).asText
        return VerificationResult(
            name: name, claim: text, passed: check.passed, message: check.message,
            matched: check.matched.map(\.number), misses: check.misses)
    }
}

/// The judgement of one claim while it is made.
private struct ClaimCheck {
    private let entries: [JournalEntry]
    private let isPartial: Bool
    private let redaction: Redaction
    private(set) var passed = false
    private(set) var message = ""
    private(set) var matched: [JournalEntry] = []
    private(set) var misses: [NearMiss] = []

    init(_ entries: [JournalEntry], isPartial: Bool, redaction: Redaction) {
        // An exchange is noted when it is over; what counts is when it began.
        self.entries = entries.sorted { ($0.moment, $0.number) < ($1.moment, $1.number) }
        self.isPartial = isPartial
        self.redaction = redaction
    }

    mutating func judge(_ claim: Verification.Claim) {
        switch claim {
        case .count(let query, let bounds): count(query, bounds)
        case .order(let queries): order(queries)
        case .gap(let query, let bounds): gaps(query, bounds)
        case .latency(let query, let bounds, let moment): latencies(query, bounds, until: moment)
        case .follows(let first, let second, let time): follows(first, second, within: time)
        }
    }

    private mutating func count(_ query: JournalQuery, _ bounds: Bounds<Int>) {
        matched = entries.filter(query.matches)
        message = "found \(matched.count)"
        passed = bounds.contain(matched.count)
        if passed, bounds.atMost != nil { refuseIfPartial([query]) }
        if matched.count < bounds.atLeast ?? 0 { miss(query) }
    }

    private mutating func order(_ queries: [JournalQuery]) {
        var rest = entries[...]
        for query in queries {
            guard let next = rest.firstIndex(where: query.matches) else {
                let behind = matched.last.map { " after #\($0.number)" } ?? ""
                let before = entries[..<rest.startIndex].last(where: query.matches)
                message = "no \(query)\(behind)" + (before.map { ", but #\($0.number) before it" } ?? "")
                return miss(query, among: rest)
            }
            matched.append(entries[next])
            rest = entries[(next + 1)...]
        }
        passed = true
        message = "found " + matched.map { "#\($0.number)" }.joined(separator: ", ")
    }

    private mutating func gaps(_ query: JournalQuery, _ bounds: Bounds<Duration>) {
        matched = entries.filter(query.matches)
        guard matched.count > 1 else {
            message = "found \(matched.count), and a gap needs two"
            return miss(query)
        }
        let gaps = zip(matched, matched.dropFirst()).map { ($0.number, $1.number, $1.moment - $0.moment) }
        let wrong = gaps.filter { !bounds.contain($0.2) }
        passed = wrong.isEmpty
        message = (wrong.isEmpty ? gaps : wrong).map { "\($0.2.brief) from #\($0.0) to #\($0.1)" }.listed
        if passed { refuseIfPartial([query]) }
    }

    private mutating func latencies(
        _ query: JournalQuery, _ bounds: Bounds<Duration>, until moment: Verification.Moment
    ) {
        matched = entries.filter { $0.event.record != nil && query.matches($0) }
        guard !matched.isEmpty else {
            message = "found no exchange"
            return miss(query)
        }
        let times = matched.map { ($0.number, $0.event.record?.latency(until: moment)) }
        let wrong = times.filter { !($0.1.map(bounds.contain) ?? false) }
        passed = wrong.isEmpty
        message =
            (wrong.isEmpty ? times : wrong).map { "#\($0.0) \($0.1.map { "took \($0.brief)" } ?? "had no answer")" }
            .listed
        if passed { refuseIfPartial([query]) }
    }

    private mutating func follows(_ first: JournalQuery, _ second: JournalQuery, within time: Duration) {
        let causes = entries.indices.filter { first.matches(entries[$0]) }
        matched = causes.map { entries[$0] }
        guard !causes.isEmpty else {
            message = "found no \(first)"
            return miss(first)
        }
        for cause in causes {
            let next = entries[(cause + 1)...].first(where: second.matches)
            let late = next.map { $0.moment - entries[cause].moment }
            if let late, late <= time { continue }
            message = "after #\(entries[cause].number) "
            if let next, let late {
                message += "#\(next.number) came \(late.brief) later"
            } else {
                message += "none came"
                miss(second, among: entries[(cause + 1)...])
            }
            return
        }
        passed = true
        message = "found \(matched.count), each followed in time"
        refuseIfPartial([first])
    }

    /// What was dropped might have been what was claimed never to be.
    private mutating func refuseIfPartial(_ queries: [JournalQuery]) {
        let oldest = entries.map(\.number).min() ?? .max
        guard isPartial, queries.contains(where: { $0.from < oldest }) else { return }
        passed = false
        message += ", but the journal has dropped entries before #\(oldest): ask since there, or let it keep more"
    }

    private mutating func miss(_ query: JournalQuery, among entries: ArraySlice<JournalEntry>? = nil) {
        misses = NearMiss.nearest(to: query, among: entries ?? self.entries[...], redaction: redaction)
    }
}

extension JournalEntry {
    /// When it began, since the journal began: an exchange with its request, anything else when it was noted.
    var moment: Duration { event.record?.began ?? since }
}

extension ExchangeRecord {
    fileprivate func latency(until moment: Verification.Moment) -> Duration? {
        switch moment {
        case .head: head.map { $0 - began }
        case .end: ended - began
        }
    }
}

extension [String] {
    /// The first few, and how many there are besides.
    fileprivate var listed: String {
        prefix(5).joined(separator: ", ") + (count > 5 ? " and \(count - 5) more" : "")
    }
}
