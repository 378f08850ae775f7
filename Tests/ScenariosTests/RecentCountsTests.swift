import Testing

@testable import Scenarios

@Suite struct RecentCountsTests {
    @Test func `what comes again within half the bound is counted on, whatever else comes`() {
        var counts = RecentCounts<Int>(most: 8)
        for round in 1...50 {
            #expect(counts.count(0) == round)
            for other in 1...3 { _ = counts.count(round * 10 + other) }
        }
    }

    @Test func `what has not come for long begins anew`() {
        var counts = RecentCounts<Int>(most: 8)
        _ = counts.count(0)
        for other in 1...8 { _ = counts.count(other) }

        #expect(counts.count(0) == 1)
    }

    @Test func `under another name the counts go on, without one there are none`() {
        var counts = RecentCounts<Int>(most: 8)
        for thing in [1, 2, 2] { _ = counts.count(thing) }
        var renamed = counts.renamed { $0 == 2 ? 5 : nil }

        #expect(renamed.count(5) == 3)
        #expect(renamed.count(1) == 1)
    }
}
