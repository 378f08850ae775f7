internal import JSONTree

/// Python's `==` and `<` of JSON values, where they differ from Swift's of the same.
enum PythonComparison {
    /// `1 == 1.0 == True`; containers by their elements, objects whatever their order.
    static func equal(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy(equal)
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in right[member.key].map { equal(member.value, $0) } ?? false }
        case (.bool, .number), (.number, .bool), (.bool, .bool), (.number, .number):
            order(left, right) == 0
        default: left == right
        }
    }

    /// Negative, zero or positive as `left` is below, equal to or above `right`; `nil` for what is no number
    /// (and for NaN, which every comparison denies). Whole numbers of any size are compared exactly.
    static func order(_ left: JSON, _ right: JSON) -> Int? {
        guard let left = number(left), let right = number(right) else { return nil }
        if left.isInteger, right.isInteger { return compareWhole(left.spelling, right.spelling) }
        let (a, b) = (left.double, right.double)
        return a < b ? -1 : a > b ? 1 : a == b ? 0 : nil
    }

    private static func number(_ value: JSON) -> JSONNumber? {
        switch value {
        case .number(let number): number
        case .bool(let flag): JSONNumber(flag ? 1 : 0)
        default: nil
        }
    }

    private static func compareWhole(_ left: String, _ right: String) -> Int {
        if let left = Int(left), let right = Int(right) { return left < right ? -1 : left > right ? 1 : 0 }
        let (leftSign, rightSign) = (left.hasPrefix("-") ? -1 : 1, right.hasPrefix("-") ? -1 : 1)
        guard leftSign == rightSign else { return leftSign }
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        let magnitude =
            a.count != b.count
            ? (a.count < b.count ? -1 : 1)
            : a.lexicographicallyPrecedes(b) ? -1 : b.lexicographicallyPrecedes(a) ? 1 : 0
        return magnitude * leftSign
    }
}
