internal import JSONTree

/// The examination of one node's inputs, value by value.
struct InputExamination {
    /// The inputs, with converted values as they come along.
    private(set) var inputs: JSONObject
    /// Whether a conversion changed one of them.
    private(set) var isChanged = false
    let check: OwnCheck?
    let listing: FileListing
    var faults: [PromptFault] = []
    /// Types of the linked inputs, for classes that judge them themselves.
    var receivedTypes = JSONObject()

    init(inputs: JSONObject, check: OwnCheck?, listing: FileListing) {
        self.inputs = inputs
        self.check = check
        self.listing = listing
    }

    /// Looks at one declared input. The answer is a link that has still to be followed, if it is one.
    mutating func examine(_ input: NodeInput) -> JSON? {
        guard var value = inputs[input.name] else {
            if input.isRequired { faults.append(.missing(input.name)) }
            return nil
        }
        if let list = value.array {
            if list.count == 2 { return value }
            faults.append(.badLink(input.name, input.inputConfig(in: listing), value))
            return nil
        }
        if let wrapped = value.object?["__value__"] {
            value = wrapped
            store(value, as: input.name)
        }
        if let type = input.typeName {
            do throws(PythonError) {
                let converted = try PythonConversion.convert(value, to: type)
                if converted != value { store(converted, as: input.name) }
                value = converted
            } catch {
                faults.append(.unconvertible(input.name, input.inputConfig(in: listing), value, to: type, error))
                return nil
            }
        }
        if !answersItself(input.name) { examineRange(input, value) }
        return nil
    }

    private mutating func store(_ value: JSON, as name: String) {
        inputs[name] = value
        isChanged = true
    }

    private mutating func examineRange(_ input: NodeInput, _ value: JSON) {
        // What an error tells of the input is made for the few values that are wrong.
        func config() -> JSON { input.inputConfig(in: listing) }
        if let bound = input.config?["min"], let order = PythonComparison.order(value, bound), order < 0 {
            faults.append(.tooSmall(input.name, config(), value, bound))
        } else if let bound = input.config?["max"], let order = PythonComparison.order(value, bound), order > 0 {
            faults.append(.tooBig(input.name, config(), value, bound))
        } else if let options = input.choices(in: listing) {
            let chosen = input.isMultiselect ? value.array ?? [value] : [value]
            let wrong = chosen.filter { choice in !options.contains { PythonComparison.equal(choice, $0) } }
            if !wrong.isEmpty {
                faults.append(.notInList(input.name, config(), value, wrong: wrong, options: options))
            }
        }
    }

    private func answersItself(_ name: String) -> Bool {
        guard let check else { return false }
        return check.inputs?.contains(name) ?? true
    }

    /// Lets the class judge for itself, after all its inputs were looked at.
    mutating func runOwnCheck(of type: NodeClass) throws(PythonError) {
        guard let check else { return }
        var values = JSONObject()
        for input in type.inputs where answersItself(input.name) {
            guard let value = inputs[input.name] else { continue }
            values[input.name] = NodeLink(value) == nil ? value : .null
        }
        for name in check.inputs ?? [] where values[name] == nil && type.input(name)?.isRequired ?? false {
            throw .type(
                "\(type.name).\(check.function)() missing 1 required positional argument: \(name.pythonRepr)")
        }
        guard case .failed(let complaint) = try check.judge(values, receivedTypes) else { return }
        // The complaint is repeated for every input that the class asked for.
        faults += values.keys.map { .custom($0, complaint) }
        if check.takesTypes { faults.append(.custom("input_types", complaint)) }
    }
}
