internal import JSONTree

/// The query of `GET /api/jobs`: which jobs, in which order, which part of them.
struct JobQuery {
    private var statuses: Set<Job.Status> = Set(Job.Status.allCases)
    private var workflowID: String?
    private var byDuration = false
    private var ascending = false
    private var limit: Int?
    private var offset = 0

    /// Why a query is refused with 400, in the server's words.
    struct Fault: Error { let text: String }

    /// - Parameter value: a query item by name, `nil` if it was not sent.
    init(_ value: (String) -> String?) throws(Fault) {
        if let text = value("status"), !text.isEmpty {
            let names = text.split(separator: ",").map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }
            let wrong = names.filter { Job.Status(rawValue: $0) == nil }
            if !wrong.isEmpty {
                let valid = Job.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw Fault(text: "Invalid status value(s): \(wrong.joined(separator: ", ")). Valid values: \(valid)")
            }
            statuses = Set(names.compactMap { Job.Status(rawValue: $0) })
        }
        workflowID = value("workflow_id")
        switch value("sort_by")?.lowercased() {
        case nil, "created_at": byDuration = false
        case "execution_duration": byDuration = true
        default: throw Fault(text: "sort_by must be 'created_at' or 'execution_duration'")
        }
        switch value("sort_order")?.lowercased() {
        case nil, "desc": ascending = false
        case "asc": ascending = true
        default: throw Fault(text: "sort_order must be 'asc' or 'desc'")
        }
        if let text = value("limit") {
            guard let number = Int(text.trimmed) else { throw Fault(text: "limit must be an integer") }
            if number <= 0 { throw Fault(text: "limit must be a positive integer") }
            limit = number
        }
        if let text = value("offset") {
            guard let number = Int(text.trimmed) else { throw Fault(text: "offset must be an integer") }
            offset = max(0, number)
        }
    }

    /// The answer: the page and what there is around it.
    func page(of jobs: [Job]) -> JSON {
        var chosen = jobs.filter { job in
            statuses.contains(job.status) && (workflowID.map { job.workflowID == $0 } ?? true)
        }
        let measure: (Job) -> Double = byDuration ? { $0.duration } : { $0.createTime }
        // Swift's sort keeps the order of equals in practice; the offset says so explicitly.
        chosen = chosen.enumerated().sorted { left, right in
            let (a, b) = (measure(left.element), measure(right.element))
            return a != b ? (ascending ? a < b : a > b) : left.offset < right.offset
        }.map(\.element)
        let page = chosen.dropFirst(offset).prefix(limit ?? .max)
        return [
            "jobs": .array(page.map { .object($0.summary) }),
            "pagination": [
                "offset": .int(offset), "limit": limit.map { .int($0) } ?? .null, "total": .int(chosen.count),
                "has_more": .bool(offset + page.count < chosen.count),
            ],
        ]
    }
}

extension StringProtocol {
    /// Without the spaces and tabs around it.
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
