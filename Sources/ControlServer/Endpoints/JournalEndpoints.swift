internal import Fakes
internal import JSONTree
internal import Journal
internal import SocketServer
internal import Words

/// What happened: queries that may wait, the archive, the feed, claims held against it.
enum JournalEndpoints {
    /// Names of `GET /journal` that are not fields of entries.
    private static let own = ["limit", "wait", "count", "lines"]

    /// Entries that a query means, the oldest first. With `wait` it answers as soon as there are `count` of them, or when
    /// the time is over: `met` says which.
    static let query: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let items = inquiry.request.queryItems.map { (name: $0.name, value: $0.value) }
        let query = try JournalQuery.reading { () throws(JournalQueryError) in
            try JournalQuery(items: items, others: own)
        }
        let limit = try inquiry.number("limit", in: 1...100_000) ?? 1000
        let count = try inquiry.number("count", in: 1...1_000_000) ?? 1
        var members: JSONObject = [:]
        if let patience = try inquiry.wait {
            members["met"] = .bool(await desk.wait(for: JournalWait(for: query, atLeast: count), patience))
        }
        let journal = desk.company.journal
        let (all, next, drops) = journal.read { ($0.entries(from: query.from), $0.nextNumber, $0.drops) }
        let found = all.filter { query.matches($0) }
        let hasLines = inquiry.wantsLines
        members["entries"] = .array(found.suffix(limit).map { $0.told(hasLines) })
        members["matched"] = .int(found.count)
        members["next"] = .int(next)
        members["dropped"] = ["entries": .int(drops.entries), "bytes": .int(drops.bytes)]
        return .json(.object(members))
    }

    static let entry: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let name = inquiry.parameters["number"] ?? ""
        let (first, next) = desk.company.journal.read { ($0.firstNumber, $0.nextNumber) }
        guard let number = Int(name), let entry = desk.company.journal.read({ $0[number] }) else {
            throw Problem(
                status: 404, type: "unknown-entry", title: "No such entry",
                detail: first < next ? "the journal holds \(first) to \(next - 1)" : "the journal is empty")
        }
        return .json(entry.json())
    }

    static let clear: Endpoint.Answer = { desk, _ in
        desk.company.journal.clear()
        return .nothing
    }

    /// An HTTP archive, for the developer tools of browsers.
    static let archive: Endpoint.Answer = { desk, _ in
        let entries = desk.company.journal.read { $0.entries() }
        return .bytes(
            HAR.make(entries: entries, version: desk.version).bytes(),
            headers: [
                "content-type": "application/json", "content-disposition": "attachment; filename=\"understudy.har\"",
            ])
    }

    /// Entries as they come, as events of a stream. `Last-Event-ID` or `since` says where to go on.
    static let feed: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let others = own
        let items = inquiry.request.queryItems.map { (name: $0.name, value: $0.value) }
        var query = try JournalQuery.reading { () throws(JournalQueryError) in
            try JournalQuery(items: items, others: others)
        }
        let last = inquiry.request.headers["last-event-id"].flatMap { Int($0) }
        let journal = desk.company.journal
        if let last {
            query.from = last + 1
        } else if query.from == 0 {
            query.from = journal.read { $0.nextNumber }
        }
        let wanted = query
        let hasLines = inquiry.wantsLines
        return .stream(headers: ["content-type": "text/event-stream", "cache-control": "no-store"]) { writer in
            try await writer.write(": the journal\n\n")
            var next = wanted.from
            while true {
                let entries = journal.read { $0.entries(from: next) }
                for entry in entries where wanted.matches(entry) {
                    try await writer.write(
                        "id: \(entry.number)\nevent: \(entry.event.name.rawValue)\ndata: \(entry.told(hasLines).text())\n\n"
                    )
                }
                next = (entries.last?.number ?? next - 1) + 1
                await journal.waitForEntry(after: next - 1)
                try Task.checkCancellation()
            }
        }
    }

    /// Holds claims against the journal: 200 if all hold, 409 with the nearest misses if not.
    static let verify: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let text = try await inquiry.text()
        let claims = try JournalQuery.reading { () throws(JournalQueryError) in
            do {
                return try Verification.all(json: try JSON(parsing: text))
            } catch let error as JSONError {
                throw JournalQueryError(["expected JSON: \(error)"])
            } catch let error as JournalQueryError {
                throw error
            } catch {
                throw JournalQueryError(["\(error)"])
            }
        }
        let (entries, drops) = desk.company.journal.read { ($0.entries(), $0.drops) }
        let results = claims.map { $0.check(entries, drops: drops) }
        let passed = results.allSatisfy(\.passed)
        return .json(["passed": .bool(passed), "results": .array(results.map(\.json))], status: passed ? 200 : 409)
    }
}

extension JournalQuery {
    /// Turns what is wrong with a query into what is wrong with the request.
    fileprivate static func reading<Result>(_ body: () throws(JournalQueryError) -> Result) throws(Problem) -> Result {
        do throws(JournalQueryError) {
            return try body()
        } catch {
            throw Problem(
                status: 400, type: "invalid-query", title: "The query cannot be understood",
                detail: error.description, more: ["problems": .array(error.problems.map { .string($0) })])
        }
    }
}

extension JournalEntry {
    /// In JSON; with `line`, what people read, if that is wanted.
    fileprivate func told(_ hasLine: Bool) -> JSON {
        guard hasLine, var object = json().object else { return json() }
        object["line"] = .string(line())
        return .object(object)
    }
}

extension Inquiry {
    fileprivate var wantsLines: Bool { request.queryItems["lines"] == "true" }

    /// The number that the query gives a name.
    fileprivate func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = request.queryItems[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .badRequest("\(name): expected \(range.lowerBound) to \(range.upperBound), got \"\(text)\"")
        }
        return number
    }

    /// How long to wait at most: a minute is the longest.
    fileprivate var wait: Duration? {
        get throws(Problem) {
            guard let text = request.queryItems["wait"] else { return nil }
            guard let duration = Duration(typed: text), duration <= .seconds(60) else {
                throw .badRequest("wait: expected a time such as 5s, 60s at most, got \"\(text)\"")
            }
            return duration
        }
    }
}

extension Desk {
    /// Waits until a condition is met; false if it is not within that time.
    fileprivate func wait(for condition: JournalWait, _ patience: Duration) async -> Bool {
        var condition = condition
        let journal = company.journal
        let end = ContinuousClock.now + patience
        while true {
            let seen = journal.read { $0.nextNumber - 1 }
            if journal.read({ condition.isMet(by: $0) }) { return true }
            if Task.isCancelled || ContinuousClock.now >= end { return false }
            let clock = loop.clock
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await journal.waitForEntry(after: seen) }
                // Cancelled when there is something new.
                group.addTask { try? await clock.sleep(until: end) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
