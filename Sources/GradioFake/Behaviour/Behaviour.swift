import JSONTree

/// What a function of an app does, as a list of instructions.
struct Behaviour: Sendable {
    /// One instruction; jumps lead to places in the list.
    enum Instruction: Sendable {
        case set(String, ValueTemplate)
        case sleep(ValueTemplate)
        case progress(Progress)
        case log(LogTemplate)
        /// One value for each output, or one value for the only output.
        case yield(Results)
        case finish(Results)
        case error(ErrorTemplate)
        case raise(type: String, message: ValueTemplate)
        case jump(Int)
        case jumpUnless(ValueTemplate, Int)
    }

    /// The values of a yield or a return.
    enum Results: Sendable {
        /// `return None`: every output empty.
        case nothing
        /// A single value, which is that of the only output.
        case single(ValueTemplate)
        /// One for each output, as a Python tuple.
        case each([ValueTemplate])
    }

    /// `progress(…)`.
    struct Progress: Sendable {
        var value: ValueTemplate?
        var step: ValueTemplate?
        var steps: ValueTemplate?
        var text: ValueTemplate?
        var unit: ValueTemplate?
    }

    /// `gr.Info(…)` and its like.
    struct LogTemplate: Sendable {
        var level: LogLevel
        var message: ValueTemplate
        var duration: ValueTemplate?
        var visible: ValueTemplate?
        var title: ValueTemplate?
    }

    /// `raise gr.Error(…)`.
    struct ErrorTemplate: Sendable {
        var message: ValueTemplate
        var duration: ValueTemplate?
        var visible: ValueTemplate?
        var title: ValueTemplate?
    }

    var instructions: [Instruction] = []

    /// Whether it is a Python generator: whether it yields anywhere.
    var isGenerator: Bool {
        instructions.contains { if case .yield = $0 { true } else { false } }
    }
}

/// The kinds of messages to the user.
enum LogLevel: String, Sendable, CaseIterable {
    case info, warning, success, error

    /// The title unless the function gives another.
    var title: String {
        switch self {
        case .info: "Info"
        case .warning: "Warning"
        case .success: "Success"
        case .error: "Error"
        }
    }
}
