import JSONTree

extension AppFile {
    private enum FunctionKey: String, CaseIterable {
        case api_name, inputs, outputs, trigger, reply, `do`, queue, batch, max_batch_size, concurrency_limit
        case concurrency_id, visibility, description, cancels, stream, validators, optional, since, until, option,
            config, info
    }

    /// The list of functions.
    mutating func functions(_ list: YAMLValue) throws(AppFileError) -> [FunctionDefinition] {
        var functions: [FunctionDefinition] = []
        for element in try list.elements() {
            var parts: [FunctionKey: YAMLValue] = [:]
            for (key, value) in try element.members() { parts[try key.key(FunctionKey.self)] = value }
            guard try belongs(since: parts[.since], until: parts[.until], option: parts[.option]) else { continue }
            functions.append(try function(element, parts, before: functions))
        }
        return functions
    }

    private func function(
        _ element: YAMLValue, _ parts: [FunctionKey: YAMLValue], before: [FunctionDefinition]
    ) throws(AppFileError) -> FunctionDefinition {
        guard let name = parts[.api_name] else { throw element.error("a function needs its \"api_name\"") }
        var function = FunctionDefinition(apiName: try name.text())
        if let inputs = parts[.inputs] { function.inputs = try self.inputs(inputs) }
        if let optional = parts[.optional] { try markOptional(optional, in: &function) }
        if let outputs = parts[.outputs] {
            for output in try outputs.elements() { function.outputs.append(try componentName(output)) }
        }
        if let trigger = parts[.trigger] { function.triggers = try triggers(trigger) }
        if let queue = parts[.queue] { function.isQueued = try queue.flag() }
        if let batch = parts[.batch], try batch.flag() {
            function.batchSize = try parts[.max_batch_size]?.whole() ?? 4
        }
        if let limit = parts[.concurrency_limit] {
            function.concurrency = try limit.json().isNull ? .unlimited : .limit(limit.whole())
        }
        function.concurrencyID = try parts[.concurrency_id]?.text()
        if let visibility = parts[.visibility] {
            function.visibility = try visibility.word(FunctionDefinition.Visibility.self)
        }
        if let description = parts[.description] { function.description = try description.text() }
        if let stream = parts[.stream] { function.isStream = try stream.flag() }
        if let config = parts[.config] { function.overrides = try object(config) }
        if let info = parts[.info] { function.descriptionOverrides = try self.info(info, of: function) }
        if let cancels = parts[.cancels] {
            for cancelled in try cancels.elements() {
                let name = try cancelled.text()
                guard before.contains(where: { $0.apiName == name }) else {
                    throw cancelled.error(
                        "no function before this one is called \"\(name)\""
                            + hint(for: name, in: before.map(\.apiName)))
                }
                function.cancels.append(name)
            }
        }
        try readBehaviour(element, parts, of: &function)
        return function
    }

    private func readBehaviour(
        _ element: YAMLValue, _ parts: [FunctionKey: YAMLValue], of function: inout FunctionDefinition
    ) throws(AppFileError) {
        let names = function.inputs.map(\.parameter)
        if let validators = parts[.validators] { function.validators = try self.validators(validators, names) }
        var compiler = BehaviourCompiler(names: names, outputs: function.outputs.count)
        if let steps = parts[.do] {
            if let reply = parts[.reply] { throw reply.error("a function has either \"reply\" or \"do\"") }
            try compiler.compile(steps)
        } else if let reply = parts[.reply] {
            try compiler.compile(reply: reply)
        } else {
            return  // it runs in the browser
        }
        function.behaviour = compiler.behaviour
    }

    /// Fields of the API description; arguments and components that are named there have to be those of the function.
    private func info(_ value: YAMLValue, of function: FunctionDefinition) throws(AppFileError) -> JSONObject {
        for (part, rows) in try value.members() {
            let list = try part.text()
            guard list == "parameters" || list == "returns" else { continue }
            let names = list == "returns" ? function.outputs : function.inputs.map(\.parameter)
            for (key, row) in try rows.members() {
                let name = try key.text()
                guard names.contains(name) else {
                    throw key.error("the function's \(list) have no \"\(name)\"" + hint(for: name, in: names))
                }
                _ = try object(row)
            }
        }
        return try object(value)
    }

    /// `[prompt, seed]`, or `{ text: prompt_box }` where an argument is called otherwise than its component.
    private func inputs(_ value: YAMLValue) throws(AppFileError) -> [FunctionDefinition.Input] {
        var inputs: [FunctionDefinition.Input] = []
        if value.isMapping {
            for (parameter, component) in try value.members() {
                inputs.append(.init(parameter: try parameter.text(), component: try componentName(component)))
            }
        } else {
            for component in try value.elements() {
                let name = try componentName(component)
                inputs.append(.init(parameter: name, component: name))
            }
        }
        return inputs
    }

    private func markOptional(_ value: YAMLValue, in function: inout FunctionDefinition) throws(AppFileError) {
        for element in try value.elements() {
            let name = try element.text()
            guard let place = function.inputs.firstIndex(where: { $0.parameter == name }) else {
                throw element.error(
                    "there is no argument \"\(name)\""
                        + hint(for: name, in: function.inputs.map(\.parameter)))
            }
            function.inputs[place].isOptional = true
        }
    }

    /// `button`, which means its click, or `box.submit`, or a list of them.
    private func triggers(_ value: YAMLValue) throws(AppFileError) -> [FunctionDefinition.Trigger] {
        var triggers: [FunctionDefinition.Trigger] = []
        for element in value.isSequence ? try value.elements() : [value] {
            let text = try element.text()
            let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
            guard let name = parts.first, componentNames.contains(name) else {
                throw element.error(
                    "there is no component with the name \"\(parts.first ?? text)\""
                        + hint(for: parts.first ?? text, in: componentNames))
            }
            triggers.append(.init(component: name, event: parts.count > 1 ? parts[1] : "click"))
        }
        return triggers
    }

    private enum ValidatorKey: String, CaseIterable {
        case require, message
    }

    private func validators(
        _ list: YAMLValue, _ names: [String]
    ) throws(AppFileError) -> [FunctionDefinition.Validator] {
        var validators: [FunctionDefinition.Validator] = []
        let compiler = BehaviourCompiler(names: names, outputs: 0)
        for element in try list.elements() {
            var validator = FunctionDefinition.Validator(condition: .constant(true), message: .constant(""))
            for (key, value) in try element.members() {
                switch try key.key(ValidatorKey.self) {
                case .require: validator.condition = try compiler.checked(value.expression(), at: value)
                case .message: validator.message = try compiler.checked(value.template(), at: value)
                }
            }
            validators.append(validator)
        }
        return validators
    }
}
