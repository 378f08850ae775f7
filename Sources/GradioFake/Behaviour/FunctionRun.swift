import JSONTree

/// A function of an app while it runs.
///
/// Pure: it says what comes next, and whoever runs it sleeps, sends and counts.
struct FunctionRun: Sendable {
    /// What a function does as far as others notice.
    enum Step: Sendable {
        /// It works for so many seconds.
        case sleep(Double)
        case progress(ProgressUnit)
        case log(LogMessage)
        /// The next values of a generator.
        case yield([JSON])
        /// It has returned: its values, or nil for a generator that is exhausted.
        case finish([JSON]?)
    }

    private let behaviour: Behaviour
    /// The types of the output components, as error texts name them.
    private let outputs: [String]
    private let function: String
    private var place = 0
    private var hasEnded = false
    var values: ExpressionValues

    /// How many instructions may pass between two steps: an endless loop in an app file ends here.
    private static let patience = 200_000

    init(_ behaviour: Behaviour, named function: String, outputs: [String], values: ExpressionValues) {
        self.behaviour = behaviour
        self.function = function
        self.outputs = outputs
        self.values = values
    }

    /// The next thing that it does.
    mutating func next() throws(AppFailure) -> Step {
        for _ in 0..<Self.patience {
            guard !hasEnded, place < behaviour.instructions.count else { return end(.nothing) }
            let instruction = behaviour.instructions[place]
            place += 1
            switch instruction {
            case .set(let name, let template): values.variables[name] = try values.value(of: template)
            case .sleep(let template):
                let seconds = try values.value(of: template)
                guard let seconds = seconds.double else {
                    throw .type("'\(seconds.pythonType)' object cannot be interpreted as an integer")
                }
                guard seconds >= 0 else { throw .value("sleep length must be non-negative") }
                return .sleep(min(seconds, 86_400))
            case .progress(let progress): return .progress(try unit(progress))
            case .log(let template): return .log(try message(template))
            case .yield(let results): return .yield(try outcome(results))
            case .finish(let results):
                if behaviour.isGenerator { return end(.nothing) }
                let values = try outcome(results)
                hasEnded = true
                return .finish(values)
            case .error(let template): throw .error(try error(template))
            case .raise(let type, let message):
                throw .exception(type: type, message: try values.value(of: message).pythonStr)
            case .jump(let target): place = target
            case .jumpUnless(let condition, let target):
                if try !values.value(of: condition).isTruthy { place = target }
            }
        }
        throw .exception(type: "RuntimeError", message: "the app file's loop never sleeps nor yields")
    }

    /// The end of the list: Python's `return None`.
    private mutating func end(_ results: Behaviour.Results) -> Step {
        hasEnded = true
        return .finish(behaviour.isGenerator ? nil : Array(repeating: .null, count: outputs.count))
    }

    private mutating func outcome(_ results: Behaviour.Results) throws(AppFailure) -> [JSON] {
        var given: [JSON] = []
        switch results {
        case .nothing: return Array(repeating: .null, count: outputs.count)
        case .single(let template): given = [try values.value(of: template)]
        case .each(let templates): for template in templates { given.append(try values.value(of: template)) }
        }
        guard given.count >= outputs.count else { throw tooFew(given) }
        return Array(given.prefix(outputs.count))
    }

    /// A function that returns less than it has outputs for: a plain exception of the server.
    private func tooFew(_ given: [JSON]) -> AppFailure {
        let values = given.map { $0.string.map { "\"\($0)\"" } ?? $0.pythonRepr }
        return .value(
            """
            A  function (\(function)) didn't return enough output values (needed: \(outputs.count), \
            returned: \(given.count)).
                Output components:
                    [\(outputs.joined(separator: ", "))]
                Output values returned:
                    [\(values.joined(separator: ", "))]
            """)
    }

    private mutating func unit(_ progress: Behaviour.Progress) throws(AppFailure) -> ProgressUnit {
        func filled(_ template: ValueTemplate?, _ values: inout ExpressionValues) throws(AppFailure) -> JSON {
            guard let template else { return .null }
            return try values.value(of: template)
        }
        var unit = ProgressUnit()
        unit.index = try filled(progress.step, &values)
        unit.length = try filled(progress.steps, &values)
        let value = try filled(progress.value, &values)
        // A float in Python: progress(0) is 0.0 for the client.
        unit.progress = value.double.map { .double($0) } ?? value
        unit.text = try filled(progress.text, &values)
        if let template = progress.unit { unit.unit = try values.value(of: template) }
        return unit
    }

    private mutating func message(_ template: Behaviour.LogTemplate) throws(AppFailure) -> LogMessage {
        var message = LogMessage(level: template.level, text: try values.value(of: template.message).pythonStr)
        if let duration = template.duration {
            let value = try values.value(of: duration)
            message.duration = value.double.map { .double($0) } ?? .null
        }
        if let visible = template.visible { message.visible = try values.value(of: visible).isTruthy }
        if let title = template.title { message.title = try values.value(of: title).pythonStr }
        return message
    }

    private mutating func error(_ template: Behaviour.ErrorTemplate) throws(AppFailure) -> GradioError {
        var error = GradioError(message: try values.value(of: template.message).pythonStr)
        if let duration = template.duration { error.duration = try values.value(of: duration) }
        if let visible = template.visible { error.visible = try values.value(of: visible).isTruthy }
        if let title = template.title { error.title = try values.value(of: title).pythonStr }
        return error
    }
}

/// One tracker of a progress report.
struct ProgressUnit: Sendable, Hashable {
    var index: JSON = .null
    var length: JSON = .null
    var unit: JSON = "steps"
    var progress: JSON = .null
    var text: JSON = .null
}

/// A message to the user.
struct LogMessage: Sendable, Hashable {
    var level: LogLevel
    var text: String
    /// Seconds as a float, or null for one that stays.
    var duration: JSON = 10.0
    var visible = true
    var title: String

    init(level: LogLevel, text: String) {
        self.level = level
        self.text = text
        self.title = level.title
    }
}
