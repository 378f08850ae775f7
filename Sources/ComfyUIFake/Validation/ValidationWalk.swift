internal import JSONTree

/// The walk back from an output over all that it depends on, each node judged once.
///
/// Converts values on its way, so `prompt` is what is stored and run.
struct ValidationWalk {
    struct Result {
        let isValid: Bool
        let faults: [PromptFault]
    }

    /// Where the interpreter's recursion limit ends a chain of nodes.
    static let deepest = 900

    private(set) var prompt: JSONObject
    let table: NodeTable
    let listing: FileListing
    let checks: OwnChecks

    private var order: [String] = []
    private var settled: [String: Result] = [:]
    private var visiting: [String] = []

    init(prompt: JSONObject, table: NodeTable, listing: FileListing, checks: OwnChecks) {
        self.prompt = prompt
        self.table = table
        self.listing = listing
        self.checks = checks
    }

    /// All nodes judged so far, in the order in which they were.
    var results: [(String, Result)] { order.compactMap { id in settled[id].map { (id, $0) } } }

    mutating func settle(_ id: String, _ result: Result) {
        if settled.updateValue(result, forKey: id) == nil { order.append(id) }
    }

    /// Judges a node and what it depends on.
    ///
    /// - Throws: what the real check throws while it looks at this node's own links; the caller files it.
    mutating func validate(_ id: String) throws(PythonError) -> Result {
        if let result = settled[id] { return result }
        if let start = visiting.firstIndex(of: id) { return closeCycle(Array(visiting[start...])) }
        if visiting.count >= ValidationWalk.deepest {
            throw PythonError(type: "RecursionError", text: "maximum recursion depth exceeded")
        }
        visiting.append(id)
        defer { visiting.removeLast() }

        let node = prompt[id]
        guard let inputs = node?["inputs"] else { throw .key("'inputs'") }
        guard let name = node?["class_type"]?.string, let type = table[name] else {
            throw .key((node?["class_type"] ?? .null).pythonRepr)
        }
        let check = checks.byClass[name]
        var examined = InputExamination(inputs: inputs.object ?? [:], check: check, listing: listing)
        var linksAreValid = true
        if !type.inputs.isEmpty, inputs.isNull || inputs.number != nil || inputs.bool != nil {
            throw .type("argument of type '\(inputs.pythonType)' is not iterable")
        }
        for input in type.inputs {
            guard let link = examined.examine(input) else { continue }
            if try follow(link, of: input, in: &examined) == false { linksAreValid = false }
        }
        if examined.isChanged { prompt[id]?["inputs"] = .object(examined.inputs) }
        try examined.runOwnCheck(of: type)

        // A cycle through this node has been filed under it already.
        if let result = settled[id] { return result }
        let result = Result(isValid: examined.faults.isEmpty && linksAreValid, faults: examined.faults)
        settle(id, result)
        return result
    }

    /// Follows a link of an input to its node. False if that node is not valid.
    private mutating func follow(
        _ link: JSON, of input: NodeInput, in examined: inout InputExamination
    ) throws(PythonError) -> Bool {
        let (source, slot) = (link[0] ?? .null, link[1] ?? .null)
        let from = try self.source(source)
        let received = try output(slot, of: from.type)
        let judgesTypes = examined.check?.takesTypes ?? false
        if judgesTypes { examined.receivedTypes[input.name] = received }
        let wanted = input.type(in: listing)
        if !judgesTypes, !TypeMatch.fits(received, wanted) {
            let config = input.inputConfig(in: listing)
            examined.faults.append(.mismatch(input.name, config, received: received, wanted: wanted, link: link))
            return true
        }
        do throws(PythonError) {
            return try validate(from.id).isValid
        } catch {
            let fault = PromptFault.innerException(error, input.name, input.inputConfig(in: listing), link: link)
            settle(from.id, Result(isValid: false, faults: [fault]))
            return false
        }
    }

    private func source(_ id: JSON) throws(PythonError) -> (id: String, type: NodeClass) {
        if id.array != nil || id.object != nil { throw .type("unhashable type: '\(id.pythonType)'") }
        guard let id = id.string, let node = prompt[id] else { throw .key(id.pythonRepr) }
        guard let type = node["class_type"]?.string.flatMap({ table[$0] }) else { throw .key("'class_type'") }
        return (id, type)
    }

    private func output(_ slot: JSON, of type: NodeClass) throws(PythonError) -> JSON {
        // The newer form keeps its types in a list, the older in a tuple.
        let container = type.facts.contains(key: "output_matchtypes") ? "list" : "tuple"
        let index: Int
        switch slot {
        case .bool(let flag): index = flag ? 1 : 0
        case .number(let number) where number.isInteger: index = number.int ?? .max
        default: throw .type("\(container) indices must be integers or slices, not \(slot.pythonType)")
        }
        // A negative slot counts from the end.
        let place = index < 0 ? index + type.outputs.count : index
        guard type.outputs.indices.contains(place) else { throw .index("\(container) index out of range") }
        return type.outputs[place].type
    }

    private mutating func closeCycle(_ path: [String]) -> Result {
        let text = (path + path.prefix(1)).map { id in "\(id) (\((prompt[id]?["class_type"] ?? .null).pythonStr))" }
        for id in path {
            let fault = PromptFault.cycle(at: id, path: text.joined(separator: " -> "), nodes: path)
            settle(id, Result(isValid: false, faults: [fault]))
        }
        return Result(isValid: false, faults: [])
    }
}
