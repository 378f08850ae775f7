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
    public func strong(_ text: String) -> String { painted(text, "1") }
    /// What is there for completeness.
    public func faint(_ text: String) -> String { painted(text, "2") }
    /// Something to click or to copy.
    public func address(_ text: String) -> String { painted(text, "36") }
    /// What is as it should be.
    public func good(_ text: String) -> String { painted(text, "32") }
    /// What works, and not as well as it should.
    public func doubtful(_ text: String) -> String { painted(text, "33") }
    /// What went wrong.
    public func alarming(_ text: String) -> String { painted(text, "31") }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Whether a person looks at that open file.
public func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
}

/// How many columns that terminal has; nil for a file or a pipe.
public func terminalWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

/// Writes all of a text to an open file or pipe at once; false when the other end is gone or the disk is full.
@discardableResult
public func put(_ text: String, on descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while unsafe !rest.isEmpty {
            let count = unsafe write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }
}

/// A variable of this process's environment.
public func environmentVariable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}
