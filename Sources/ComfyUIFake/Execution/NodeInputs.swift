internal import JSONTree

/// What a node is called with: values by input, each as a list, for outputs may be lists (`get_input_data` in
/// upstream's execution.py).
struct NodeInputs {
    private var values: [(name: String, values: [NodeValue])] = []
    /// Linked inputs whose values are not there yet.
    private(set) var missing: Set<String> = []
    /// The class takes the lists themselves.
    private let takesLists: Bool

    /// - Parameters:
    ///   - inputs: constants and links, as they stand in the prompt.
    ///   - output: the values of another node's output, `nil` if it has not run.
    init(
        of inputs: JSONObject, for type: NodeClass?, at node: String, item: QueueItem,
        output: (NodeLink) -> [NodeValue]?
    ) {
        takesLists = type?.isInputList ?? false
        for (name, value) in inputs {
            let input = type?.input(name)
            if let link = NodeLink(value), !(input?.config?["rawLink"]?.isTruthy ?? false) {
                let found = output(link)
                values.append((name, found ?? [.none]))
                if found == nil { missing.insert(name) }
            } else if input != nil {
                values.append((name, [.json(value)]))
            }
        }
        for (name, kind) in type?.hidden ?? [] {
            let value: JSON =
                switch kind {
                case "PROMPT", "DYNPROMPT": .object(item.prompt)
                case "EXTRA_PNGINFO": item.extraData["extra_pnginfo"] ?? .null
                case "UNIQUE_ID": .string(node)
                default: .null
                }
            values.append((name, [.json(value)]))
        }
    }

    /// How often the node is called: once for each element of its longest list.
    var calls: Int { takesLists ? 1 : max(1, values.map(\.values.count).max() ?? 1) }

    /// The values of one call; short lists repeat their last.
    func values(ofCall index: Int) -> [String: NodeValue] {
        values.reduce(into: [:]) { call, input in
            if !input.values.isEmpty { call[input.name] = input.values[min(index, input.values.count - 1)] }
        }
    }

    /// All values, for classes that take whole lists.
    var lists: [String: [NodeValue]] {
        takesLists ? Dictionary(values.map { ($0.name, $0.values) }) { _, last in last } : [:]
    }

    /// The text of the first blocked value of a call, if there is one: `.some(nil)` for a silent one.
    func blockage(ofCall index: Int) -> String?? {
        for (_, values) in values where !values.isEmpty {
            for value in takesLists ? values : [values[min(index, values.count - 1)]] {
                if case .blocked(let text) = value { return .some(text) }
            }
        }
        return nil
    }

    /// As `current_inputs` of an `execution_error` shows them.
    var report: JSONObject { JSONObject(values.map { ($0.name, .array($0.values.map(\.pythonText))) }) }
}
