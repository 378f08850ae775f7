public import JSONTree
internal import Words

/// What became of a claim.
public struct VerificationResult: Sendable {
    /// The claim's name, if it has one.
    public let name: String
    /// The claim in a sentence.
    public let claim: String
    public let passed: Bool
    /// What was found, and what is wrong with it.
    public let message: String
    /// The numbers of the entries that were meant.
    public let matched: [Int]
    /// If too little was found: what came nearest.
    public let misses: [NearMiss]

    /// The result for machines.
    public var json: JSON {
        [
            "name": .string(name), "claim": .string(claim), "passed": .bool(passed), "message": .string(message),
            "matched": .array(matched.map { .int($0) }),
            "nearest": .array(
                misses.map { miss in
                    [
                        "number": .int(miss.number), "line": .string(miss.line),
                        "fields": .array(
                            miss.comparisons.map {
                                [
                                    "field": .string($0.field), "expected": .string($0.expected),
                                    "found": $0.found.map { .string($0) } ?? .null, "agrees": .bool($0.agrees),
                                ]
                            }),
                    ]
                }),
        ]
    }

    /// The result for people: a sentence, and the nearest misses side by side, what differs marked with `≠`.
    public var text: String {
        let head = "\(passed ? "✓" : "✗") \(name.isEmpty ? claim : "\(name): \(claim)"): \(message)"
        guard let first = misses.first else { return head.printable }
        var rows = [["", "expected"] + misses.map { "  #\($0.number)" }]
        for (index, comparison) in first.comparisons.enumerated() {
            rows.append(
                [comparison.field, comparison.expected]
                    + misses.map { ($0.comparisons[index].agrees ? "  " : "≠ ") + ($0.comparisons[index].found ?? "-") }
            )
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return ("    " + cells.joined(separator: "  ")).trimmedAtEnd
        }
        return ([head] + table + misses.map { "    " + $0.line }).map(\.printable).joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
