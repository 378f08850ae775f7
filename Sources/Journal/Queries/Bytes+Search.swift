extension [UInt8] {
    /// Whether other bytes stand somewhere in these; no bytes stand everywhere.
    ///
    /// `String.contains` compares characters, which takes a hundred times as long.
    func holds(_ wanted: [UInt8]) -> Bool {
        guard let first = wanted.first else { return true }
        var place = 0
        while place + wanted.count <= count {
            if self[place] == first, self[place..<(place + wanted.count)].elementsEqual(wanted) { return true }
            place += 1
        }
        return false
    }
}
