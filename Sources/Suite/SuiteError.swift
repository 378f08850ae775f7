internal import Words

/// Why the suite did not do what it was asked to, in a sentence for the person who asked.
public struct SuiteError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of trouble it is; each has the exit status of its own.
    public struct Code: Sendable, Equatable {
        /// The exit status of a process that ends because of this.
        public let exitStatus: Int32

        /// A check did not hold: nothing is up, or an address does not answer.
        public static let check = Code(exitStatus: 1)
        /// An option, a variable or a line of a file that cannot be meant so.
        public static let usage = Code(exitStatus: 2)
        /// The suite could not start: most often a port that somebody else holds.
        public static let start = Code(exitStatus: 3)
    }

    /// What kind of trouble it is.
    public let code: Code
    /// What was expected, what came, and where.
    public let message: String

    /// Problems of a file or a line, one a line; told with their number if they are several.
    static func problems(_ lines: [String]) -> SuiteError {
        SuiteError(.usage, (lines.count > 1 ? "\(lines.count) problems\n" : "") + lines.joined(separator: "\n"))
    }

    /// An error of that kind.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// An option, a variable or a line of a file that cannot be meant so.
    ///
    /// The message is one line, whatever it quotes.
    public static func usage(_ message: String) -> SuiteError { SuiteError(.usage, message.printable) }

    public var description: String { message }
}
