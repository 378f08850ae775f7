extension Double {
    /// What Python's `repr` says of the value: the shortest digits that read back the same, with an exponent below
    /// 1e-04 and from 1e+16 on, and with a point otherwise.
    ///
    /// Swift's description says the same, but for nan's minus and for what lies between 2^53 and 1e+16: there it has an
    /// exponent already. Such numbers are whole and exact.
    public var pythonRepr: String {
        if isNaN { return "nan" }
        guard magnitude >= 0x1p53, magnitude < 1e16 else { return description }
        return "\(Int64(self)).0"
    }
}
