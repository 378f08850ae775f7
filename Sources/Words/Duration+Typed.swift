extension Duration {
    /// Reads `400ms`, `2s`, `1.5m`, `1h` or `1m30s`; a number alone counts seconds. Nil for anything else, and beyond a
    /// century, which nobody means and no clock here counts.
    public init?(typed text: String) {
        let isNumber = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        self.init(spelled: isNumber ? text + "s" : text)
    }
}
