import Glibc
import Synchronization

/// What is seen of the work: bars and text that grow on a terminal, whole lines in a pipe.
final class Screen: Sendable {
    private struct State {
        /// The step at work: `picture`.
        var step = ""
        /// How far into a line of text it is; words that are not complete yet wait.
        var column = 0
        var word = ""
        var hasText = false
        /// The last part that was told in a pipe, in quarters.
        var told = -1
        var part = 0.0
        var activity = ""
        var hasWarned = false
    }

    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let isColoured: Bool
    private let state = Mutex(State())

    init() {
        let isPlain = unsafe getenv("NO_COLOR") != nil
        isColoured = isTerminal && !isPlain
    }

    // MARK: Lines

    /// A service, and where it is.
    func list(_ name: String, _ place: String, _ version: String) {
        put("  \(painted(padded(name, 9), "1")) \(painted(padded(place, 26), "36"))  \(painted(version, "2"))\n")
    }

    /// The next step begins.
    func begin(_ step: String) {
        state.withLock { state in
            if state.step.isEmpty { put("\n") }
            state = State()
            state.step = step
        }
    }

    /// What has come of the step.
    func say(_ text: String) {
        state.withLock { put("\(start)\(heading($0.hasText ? "" : $0.step))\(painted("✓", "32")) \(text)\n") }
    }

    /// Something that went wrong on the way.
    func warn(_ text: String) {
        state.withLock { $0.hasWarned = true }
        note(painted("! \(text)", "33"))
    }

    /// That it is right again; worth a word only if something had gone wrong.
    func reassure(_ text: String) {
        if state.withLock(\.hasWarned) { note(painted("✓ \(text)", "32")) }
    }

    private func note(_ text: String) {
        state.withLock { state in
            put("\(start)\(heading(state.step))\(text)\n")
            if isTerminal { draw(state) }
        }
    }

    // MARK: Text

    /// Text that comes in pieces, in lines that fit.
    func write(_ piece: String) {
        state.withLock { state in
            for letter in piece {
                if letter.isWhitespace {
                    place(&state)
                } else {
                    state.word.append(letter)
                }
            }
        }
    }

    /// The text is complete.
    func endText() {
        state.withLock { state in
            place(&state)
            if state.column > 0 { put("\n") }
            state.column = 0
        }
    }

    private func place(_ state: inout State) {
        guard !state.word.isEmpty else { return }
        if state.column > 0, state.column + 1 + state.word.count > width {
            put("\n")
            state.column = 0
        }
        if state.column == 0 {
            put(heading(state.hasText ? "" : state.step))
            state.hasText = true
            state.column = heading("").count
        } else {
            put(" ")
            state.column += 1
        }
        put(state.word)
        state.column += state.word.count
        state.word = ""
    }

    // MARK: Progress

    /// How far the step is, from 0 to 1.
    func progress(_ part: Double, _ activity: String) {
        state.withLock { state in
            state.part = min(1, max(0, part))
            state.activity = activity
            if isTerminal { return draw(state) }
            let quarter = Int(state.part * 4)
            guard quarter > state.told else { return }
            state.told = quarter
            put("\(heading(state.step))\(quarter * 25) % \(activity)\n")
        }
    }

    /// A bar over the line that the cursor is in; the line stays open, and what comes next goes over it.
    private func draw(_ state: State) {
        let percent = padded("\(Int(state.part * 100)) %", 5)
        let room = min(40, width - heading("").count - percent.count - 20)
        guard room >= 10 else { return put("\(start)\(heading(state.step))\(percent)") }
        let eighths = Int(state.part * Double(room) * 8)
        let tip = eighths % 8 == 0 ? "" : String(" ▏▎▍▌▋▊▉".dropFirst(eighths % 8).prefix(1))
        let bar = String(repeating: "█", count: eighths / 8) + tip
        let rest = String(repeating: "·", count: room - bar.count)
        put(
            "\(start)\(heading(state.step))\(painted(bar, "36"))\(painted(rest, "2")) \(percent)  \(painted(String(state.activity.prefix(16)), "2"))"
        )
    }

    // MARK: Letters

    /// To the beginning of an empty line.
    private var start: String { isTerminal ? "\r\u{1B}[K" : "" }

    private func heading(_ step: String) -> String { "  " + padded(step, 9) + " " }

    private var width: Int {
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return isKnown && size.ws_col > 20 ? Int(size.ws_col) : 80
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func painted(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// Writes all of a text at once.
    static func put(_ text: String, on descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func put(_ text: String) {
        Self.put(text, on: STDOUT_FILENO)
    }
}
