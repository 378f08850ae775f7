/// How often each of many things has come. Those that came last are remembered, within a bound; the others begin anew.
///
/// Two halves: when the newer is full, the older is forgotten. What comes again within half the bound is counted on for good.
public struct RecentCounts<Key: Hashable & Sendable>: Sendable {
    private var newer: [Key: Int] = [:]
    private var older: [Key: Int] = [:]
    private let half: Int

    /// - Parameter most: how many things are remembered at most.
    public init(most: Int) {
        half = max(1, most / 2)
    }

    /// Counts a thing once more.
    ///
    /// - Returns: how often it has come, this time included.
    public mutating func count(_ key: Key) -> Int {
        if let before = newer[key] {
            newer[key] = before + 1
            return before + 1
        }
        let count = (older[key] ?? 0) + 1
        if newer.count == half { (older, newer) = (newer, [:]) }
        newer[key] = count
        return count
    }

    /// The same counts of other things; of those without a name there are none.
    func renamed(_ name: (Key) -> Key?) -> Self {
        var counts = Self(most: half * 2)
        counts.newer = Self.renamed(newer, name)
        counts.older = Self.renamed(older, name)
        return counts
    }

    private static func renamed(_ counts: [Key: Int], _ name: (Key) -> Key?) -> [Key: Int] {
        Dictionary(
            counts.compactMap { key, count in name(key).map { ($0, count) } }, uniquingKeysWith: { max($0, $1) })
    }
}
