/// How much faster than the real servers the fakes go: 10 makes a run of ten seconds last one.
public struct Speed: Sendable, Equatable, CustomStringConvertible {
    /// Durations are divided by this.
    public let factor: Double

    /// As fast as the real servers.
    public static let real = Speed(factor: 1)

    private init(factor: Double) {
        self.factor = factor
    }

    /// Reads `10x`, `10` or `0.5x`.
    public init(text: String) throws(SuiteError) {
        let number = text.last == "x" || text.last == "X" ? text.dropLast() : text[...]
        guard let factor = Double(number), factor.isFinite, factor > 0 else {
            throw .usage("speed: expected a number above zero such as 10x or 0.5x, got \"\(text)\"")
        }
        self.factor = factor
    }

    /// As it is typed: `10x`.
    public var description: String {
        let whole = Int(exactly: factor).map(String.init) ?? String(factor)
        return whole + "x"
    }
}
