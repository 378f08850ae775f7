import JSONTree

/// Turns the steps of an app file into the instructions of a ``Behaviour``.
///
/// ```yaml
/// do:
///   - progress: { value: 0, desc: Loading model }
///   - repeat: int(steps)
///     as: i
///     do:
///       - sleep: 0.1
///       - yield: "step {i + 1}"
///   - if: steps > 100
///     then: [ { error: Too many steps } ]
/// ```
struct BehaviourCompiler {
    private enum Word: String, CaseIterable {
        case set, sleep, progress, info, warning, success, yield, `return`, error, raise, `repeat`, `for`, `if`
    }

    private enum SideWord: String, CaseIterable {
        case `as`, `in`, `do`, then, `else`
    }

    /// What every function may read besides its arguments.
    private static let given = ["request", "gradio", "batch_size", "session_hash"]

    private(set) var behaviour = Behaviour()
    private var names: Set<String>
    private let outputs: Int
    private var loops = 0

    init(names: [String], outputs: Int) {
        self.names = Set(names + Self.given)
        self.outputs = outputs
    }

    /// A template whose names are all known.
    func checked(_ template: ValueTemplate, at value: YAMLValue) throws(AppFileError) -> ValueTemplate {
        for name in template.freeNames where !names.contains(name) {
            throw value.error("nothing is called \"\(name)\" here" + hint(for: name, in: names.sorted()))
        }
        return template
    }

    /// `reply: …`, which is short for a single return.
    mutating func compile(reply: YAMLValue) throws(AppFileError) {
        behaviour.instructions.append(.finish(try results(reply)))
    }

    /// A list of steps.
    mutating func compile(_ steps: YAMLValue) throws(AppFileError) {
        for step in try steps.elements() {
            let members = try step.members()
            guard let head = members.first else { throw step.error("an empty step") }
            let word = try head.key.key(Word.self)
            var side: [SideWord: YAMLValue] = [:]
            for (key, value) in members.dropFirst() { side[try key.key(SideWord.self)] = value }
            let allowed: [SideWord] =
                switch word {
                case .repeat: [.as, .do]
                case .for: [.in, .do]
                case .if: [.then, .else]
                default: []
                }
            for (key, value) in side where !allowed.contains(key) {
                throw value.error("\"\(key.rawValue)\" does not belong to \"\(word.rawValue)\"")
            }
            try compile(word, head.value, side)
        }
    }

    private mutating func compile(
        _ word: Word, _ value: YAMLValue, _ side: [SideWord: YAMLValue]
    ) throws(AppFileError) {
        switch word {
        case .set:
            for (name, part) in try value.members() {
                let template = try checked(part.template(), at: part)
                names.insert(try name.text())
                emit(.set(try name.text(), template))
            }
        case .sleep: emit(.sleep(try checked(value.expression(), at: value)))
        case .progress: emit(.progress(try progress(value)))
        case .info, .warning, .success:
            emit(.log(try log(LogLevel(rawValue: word.rawValue) ?? .info, value)))
        case .yield: emit(.yield(try results(value)))
        case .return: emit(.finish(try results(value)))
        case .error: emit(.error(try error(value)))
        case .raise: try raise(value)
        case .repeat: try loop(times: value, side)
        case .for: try loop(over: value, side)
        case .if: try branch(value, side)
        }
    }

    private mutating func emit(_ instruction: Behaviour.Instruction) { behaviour.instructions.append(instruction) }

    private func results(_ value: YAMLValue) throws(AppFileError) -> Behaviour.Results {
        guard outputs != 1, value.isSequence else {
            let template = try checked(value.template(), at: value)
            if case .constant(.null) = template, outputs != 1 { return .nothing }
            return .single(template)
        }
        var parts: [ValueTemplate] = []
        for element in try value.elements() { parts.append(try checked(element.template(), at: element)) }
        return .each(parts)
    }

    // MARK: Loops and branches

    private mutating func branch(_ condition: YAMLValue, _ side: [SideWord: YAMLValue]) throws(AppFileError) {
        let test = behaviour.instructions.count
        let template = try checked(condition.expression(), at: condition)
        emit(.jumpUnless(template, 0))
        if let then = side[.then] { try compile(then) }
        guard let otherwise = side[.else] else {
            behaviour.instructions[test] = .jumpUnless(template, behaviour.instructions.count)
            return
        }
        let jump = behaviour.instructions.count
        emit(.jump(0))
        behaviour.instructions[test] = .jumpUnless(template, behaviour.instructions.count)
        try compile(otherwise)
        behaviour.instructions[jump] = .jump(behaviour.instructions.count)
    }

    private mutating func loop(times: YAMLValue, _ side: [SideWord: YAMLValue]) throws(AppFileError) {
        let count = try checked(times.expression(), at: times)
        guard case .expression(let expression) = count else {
            return try loop(.expression(.literal(try times.json())), bindingPlaceTo: side[.as], valueTo: nil, side)
        }
        try loop(.expression(expression), bindingPlaceTo: side[.as], valueTo: nil, side)
    }

    private mutating func loop(over name: YAMLValue, _ side: [SideWord: YAMLValue]) throws(AppFileError) {
        guard let list = side[.in] else { throw name.error("\"for\" needs its \"in\"") }
        // A list stands as it is, a text is an expression.
        let template = list.isSequence ? try list.template() : try list.expression()
        try loop(checked(template, at: list), bindingPlaceTo: nil, valueTo: name, side)
    }

    /// Counts a hidden variable from nothing to a number, or to the length of a list.
    private mutating func loop(
        _ bound: ValueTemplate, bindingPlaceTo place: YAMLValue?, valueTo element: YAMLValue?,
        _ side: [SideWord: YAMLValue]
    ) throws(AppFileError) {
        loops += 1
        let counter = "#counter\(loops)"
        let limit = "#limit\(loops)"
        let here = Expression.name(counter)
        emit(.set(counter, .constant(0)))
        emit(.set(limit, bound))
        let test = behaviour.instructions.count
        let end: Expression = element == nil ? .name(limit) : .call("len", [.name(limit)], named: [])
        let condition = ValueTemplate.expression(.binary(.less, here, end))
        emit(.jumpUnless(condition, 0))
        if let place {
            names.insert(try place.text())
            emit(.set(try place.text(), .expression(here)))
        }
        if let element {
            names.insert(try element.text())
            emit(.set(try element.text(), .expression(.index(.name(limit), here))))
        }
        emit(.set(counter, .expression(.binary(.plus, here, .literal(1)))))
        if let body = side[.do] { try compile(body) }
        emit(.jump(test))
        behaviour.instructions[test] = .jumpUnless(condition, behaviour.instructions.count)
    }
}

extension BehaviourCompiler {
    private enum ProgressKey: String, CaseIterable {
        case value, step, of, desc, unit
    }

    private func progress(_ value: YAMLValue) throws(AppFileError) -> Behaviour.Progress {
        var progress = Behaviour.Progress()
        guard value.isMapping else {
            progress.value = try checked(value.expression(), at: value)
            return progress
        }
        for (key, part) in try value.members() {
            switch try key.key(ProgressKey.self) {
            case .value: progress.value = try checked(part.expression(), at: part)
            case .step: progress.step = try checked(part.expression(), at: part)
            case .of: progress.steps = try checked(part.expression(), at: part)
            case .desc: progress.text = try checked(part.template(), at: part)
            case .unit: progress.unit = try checked(part.template(), at: part)
            }
        }
        return progress
    }

    private enum MessageKey: String, CaseIterable {
        case message, duration, visible, title
    }

    private func log(_ level: LogLevel, _ value: YAMLValue) throws(AppFileError) -> Behaviour.LogTemplate {
        let parts = try message(value)
        return Behaviour.LogTemplate(
            level: level, message: parts[.message] ?? .constant(""), duration: parts[.duration],
            visible: parts[.visible], title: parts[.title])
    }

    private func error(_ value: YAMLValue) throws(AppFileError) -> Behaviour.ErrorTemplate {
        let parts = try message(value)
        return Behaviour.ErrorTemplate(
            message: parts[.message] ?? .constant("Error raised."), duration: parts[.duration],
            visible: parts[.visible], title: parts[.title])
    }

    /// A text, or its parts by name.
    private func message(_ value: YAMLValue) throws(AppFileError) -> [MessageKey: ValueTemplate] {
        guard value.isMapping else { return [.message: try checked(value.template(), at: value)] }
        var parts: [MessageKey: ValueTemplate] = [:]
        for (key, part) in try value.members() {
            parts[try key.key(MessageKey.self)] = try checked(part.template(), at: part)
        }
        return parts
    }

    /// `raise: text`, or `raise: { ValueError: text }`.
    private mutating func raise(_ value: YAMLValue) throws(AppFileError) {
        var type = "RuntimeError"
        var message = value
        if value.isMapping, let (key, part) = try value.members().first {
            type = try key.text()
            message = part
        }
        behaviour.instructions.append(.raise(type: type, message: try checked(message.template(), at: message)))
    }
}
