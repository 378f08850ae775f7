import JSONTree

/// The functions of a real app, with believable answers.
struct CapturedFunctions {
    private var functions: [JSONObject] = []
    private let major: GradioMajor

    init(_ config: JSON, info: JSON, page: inout CapturedPage) {
        major = page.major
        let dependencies = config["dependencies"]?.array ?? []
        let given = Set(dependencies.compactMap { $0["api_name"]?.string })
        var names: [String] = []
        for (index, dependency) in dependencies.enumerated() {
            var name = dependency["api_name"]?.string ?? "function_\(index)"
            while dependency["api_name"]?.string == nil && given.contains(name) { name += "_" }
            let endpoint = info.endpoint(of: dependency, index)
            functions.append(Self.function(dependency, named: name, endpoint, before: names, &page))
            names.append(name)
        }
    }

    /// The list `functions` of the file.
    var json: JSON { .array(functions.map { .object($0) }) }

    private static func function(
        _ dependency: JSON, named name: String, _ endpoint: JSON?, before: [String], _ page: inout CapturedPage
    ) -> JSONObject {
        var function: JSONObject = ["api_name": .string(name)]
        if let text = endpoint?["description"]?.string, !text.isEmpty { function["description"] = .string(text) }
        let inputs = self.inputs(dependency, endpoint, &page)
        if !inputs.isEmpty {
            function["inputs"] =
                inputs.allSatisfy { $0.parameter == $0.name }
                ? .array(inputs.map { .string($0.name) })
                : .object(JSONObject(inputs.map { ($0.parameter, .string($0.name)) }))
        }
        let optional = inputs.filter(\.isOptional).map { JSON.string($0.parameter) }
        if !optional.isEmpty { function["optional"] = .array(optional) }
        let outputs = (dependency["outputs"]?.array ?? []).compactMap(\.int).compactMap(page.component)
        if !outputs.isEmpty {
            function["outputs"] = .array(outputs.compactMap { page.call($0.id).map { .string($0) } })
        }
        let triggers = self.triggers(dependency, &page)
        if !triggers.isEmpty { function["trigger"] = triggers.count == 1 ? triggers[0] : .array(triggers) }
        if dependency["queue"]?.bool == false { function["queue"] = false }
        if dependency["batch"]?.bool == true {
            function["batch"] = true
            function["max_batch_size"] = dependency["max_batch_size"] ?? 4
        }
        if dependency["connection"]?.string == "stream" { function["stream"] = true }
        switch (dependency["api_visibility"]?.string, dependency["api_name"]?.string, dependency["show_api"]?.bool) {
        case (let visibility?, _, _): if visibility != "public" { function["visibility"] = .string(visibility) }
        case (nil, nil, _): function["visibility"] = "private"
        case (nil, _, false): function["visibility"] = "undocumented"
        default: break
        }
        let cancels = (dependency["cancels"]?.array ?? []).compactMap(\.int).filter { before.indices.contains($0) }
        if !cancels.isEmpty { function["cancels"] = .array(cancels.map { .string(before[$0]) }) }
        if dependency["backend_fn"]?.bool ?? true {
            let answer = BelievableAnswer(
                inputs: inputs.map { ($0.parameter, $0.component) }, outputs: outputs, major: page.major)
            let isGenerator = dependency["types"]?["generator"]?.bool == true
            let (key, value) = answer.member(isGenerator: isGenerator)
            function[key] = value
        }
        return function
    }

    private struct Input {
        let parameter: String
        let name: String
        let component: Component
        let isOptional: Bool
    }

    private static func inputs(_ dependency: JSON, _ endpoint: JSON?, _ page: inout CapturedPage) -> [Input] {
        var rows = (endpoint?["parameters"]?.array ?? [])[...]
        var taken: Set<String> = []
        var inputs: [Input] = []
        for id in (dependency["inputs"]?.array ?? []).compactMap(\.int) {
            guard let component = page.component(id), let name = page.call(id) else { continue }
            let row = component.isSkipped ? nil : rows.popFirst()
            var parameter = row?["parameter_name"]?.string ?? name
            while !taken.insert(parameter).inserted { parameter += "_" }
            let isOptional =
                row?["parameter_has_default"]?.bool == true && row?["parameter_default"]?.isNull == true
                && component.properties["value"] == nil
            inputs.append(Input(parameter: parameter, name: name, component: component, isOptional: isOptional))
        }
        return inputs
    }

    /// `[[17, "click"]]`, or in old ones `[17]` with the event beside it.
    private static func triggers(_ dependency: JSON, _ page: inout CapturedPage) -> [JSON] {
        (dependency["targets"]?.array ?? []).compactMap { target in
            guard let id = target[0]?.int ?? target.int, let name = page.call(id),
                let event = target[1]?.string ?? dependency["trigger"]?.string
            else { return nil }
            return .string("\(name).\(event)")
        }
    }

    /// Puts what the moulds have otherwise into the file.
    mutating func tell(_ differences: [FunctionDifferences], of app: App) {
        for (index, difference) in differences.enumerated() where functions.indices.contains(index) {
            if !difference.info.isEmpty { functions[index]["info"] = .object(difference.info) }
            if !difference.config.isEmpty { functions[index]["config"] = .object(difference.config) }
        }
    }
}
