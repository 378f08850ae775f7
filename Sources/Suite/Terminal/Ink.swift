internal import Glibc

/// Colours, for terminals only: into a file or a pipe go plain letters.
public struct Ink: Sendable {
    private let isColoured: Bool

    /// Colours, or none.
    public init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// What suits an open file: colours on a terminal that wants them (`NO_COLOR` and `TERM=dumb` say it does not).
    public static func on(descriptor: Int32) -> Ink {
        let wanted = (environmentVariable("NO_COLOR") ?? "").isEmpty && environmentVariable("TERM") != "dumb"
        return Ink(isColoured: isTerminal(descriptor) && wanted)
    }

    /// What matters on its line.
    func strong(_ text: String) -> String { painted(text, "1") }
    /// What is there for completeness.
    func faint(_ text: String) -> String { painted(text, "2") }
    /// Something to click or to copy.
    func address(_ text: String) -> String { painted(text, "36") }
    /// What went wrong.
    func alarming(_ text: String) -> String { painted(text, "31") }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Whether a person looks at that open file.
public func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
}

/// A variable of this process's environment.
public func environmentVariable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}
