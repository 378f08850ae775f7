public import Journal

/// A claim about what happened at fakes: see ``StagedFake/verify(_:)``.
///
/// One about how things happened does not hold when they did not happen at all.
public struct FakeClaim: Sendable {
    private let make: @Sendable (_ fake: String?) throws -> Verification.Claim

    /// So many entries are meant; with no number, at least one.
    public static func count(
        _ query: FakeQuery, exactly: Int? = nil, atLeast: Int? = nil, atMost: Int? = nil
    ) -> FakeClaim {
        let bounds =
            exactly.map { Bounds.exactly($0) }
            ?? Bounds(atLeast: atLeast ?? (atMost == nil ? 1 : nil), atMost: atMost)
        return FakeClaim { .count(try query.reading($0), bounds) }
    }

    /// No entry is meant.
    public static func never(_ query: FakeQuery) -> FakeClaim { .count(query, exactly: 0) }

    /// Entries of each query come one after the other, whatever comes between them.
    public static func order(_ queries: FakeQuery...) -> FakeClaim {
        FakeClaim { fake in .order(try queries.map { try $0.reading(fake) }) }
    }

    /// How long it is from one entry to the next: how a client waits before it tries again.
    public static func gap(
        _ query: FakeQuery, atLeast: Duration? = nil, atMost: Duration? = nil
    ) -> FakeClaim {
        FakeClaim { .gap(try query.reading($0), Bounds(atLeast: atLeast, atMost: atMost)) }
    }

    /// How long each exchange took.
    public static func latency(
        _ query: FakeQuery, atLeast: Duration? = nil, atMost: Duration? = nil, until moment: Verification.Moment = .end
    ) -> FakeClaim {
        FakeClaim { .latency(try query.reading($0), Bounds(atLeast: atLeast, atMost: atMost), until: moment) }
    }

    /// Each entry of the first query is followed by one of the second, in time.
    public static func after(_ first: FakeQuery, comes second: FakeQuery, within time: Duration) -> FakeClaim {
        FakeClaim { .follows(try first.reading($0), try second.reading($0), within: time) }
    }

    func verification(_ fake: String?) throws -> Verification { Verification(try make(fake)) }
}

/// Claims that do not hold.
public struct ClaimFailure: Error, CustomStringConvertible {
    /// What became of each of them.
    public let results: [VerificationResult]
    public var description: String { results.map(\.text).joined(separator: "\n") }
}
