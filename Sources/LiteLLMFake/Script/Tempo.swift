internal import Fakes
internal import Scenarios

/// How many answers of one model are under way. On the fake's loop.
final class Crowd: @unchecked Sendable {
    // @unchecked because it is used only on the loop.
    var count = 0
}

/// The times of one answer, where they are drawn anew or depend on how many others there are. On the fake's loop.
final class Tempo: @unchecked Sendable {
    // @unchecked because it is used only on the loop.
    private let pacing: Pacing
    private let crowd: Crowd
    private var luck: SeededRandom

    init(_ pacing: Pacing, among crowd: Crowd, luck: SeededRandom) {
        self.pacing = pacing
        self.crowd = crowd
        self.luck = luck
    }

    func begin() { crowd.count += 1 }
    func end() { crowd.count -= 1 }

    var untilFirst: Duration { pacing.firstToken.sample(&luck) * slowness }
    var untilNext: Duration { pacing.betweenTokens.sample(&luck) * slowness }

    /// One where there is room for all, two where there is room for half of them.
    private var slowness: Double {
        guard let room = pacing.atOnce else { return 1 }
        return max(1, Double(crowd.count) / Double(room))
    }
}
