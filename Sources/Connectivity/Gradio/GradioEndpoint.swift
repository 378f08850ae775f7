/// A function of an app that can be called by its name.
public struct GradioEndpoint: Sendable, Hashable {
    public struct Parameter: Sendable, Hashable {
        /// Its name; empty in apps of version 3, whose arguments go by position.
        public var name: String
        public var label: String
        /// `Textbox`, `Slider`, `Audio`, …
        public var component: String
        /// What stands in for a missing argument; nil if it must be given.
        public var defaultValue: JSONValue?
        /// A schema of JSON.
        public var schema: JSONValue
    }

    /// Without the slash.
    public var name: String
    public var parameters: [Parameter]
    /// The labels of what it returns.
    public var returns: [String]
    /// Its number, by which the server knows it.
    var index: Int
    /// For each input the place of its parameter; nil for a state, which the server keeps.
    var inputs: [Int?]
    /// Whether it waits in the queue; nil if the app says nothing.
    var isQueued: Bool?

    /// The arguments in the server's order, from those given by place and by name.
    ///
    /// - Throws: a sentence that says which argument is wrong, and how.
    func arguments(_ places: [JSONValue], _ names: [String: JSONValue]) throws(ArgumentFault) -> [JSONValue] {
        guard places.count <= parameters.count else {
            throw ArgumentFault("\(parameters.count) arguments at most", "got \(places.count)")
        }
        for name in names.keys.sorted() {
            guard let place = parameters.firstIndex(where: { $0.name == name }) else {
                throw ArgumentFault(
                    "one of \(parameters.map(\.name).joined(separator: ", "))", "got an argument \(name)")
            }
            guard place >= places.count else { throw ArgumentFault("\(name) once", "it was given twice") }
        }
        var values: [JSONValue] = []
        for (place, parameter) in parameters.enumerated() {
            let given = place < places.count ? places[place] : names[parameter.name]
            guard let value = given ?? parameter.defaultValue else {
                throw ArgumentFault("a value for \(parameter.spelled(place))", "got none")
            }
            if given != nil { try parameter.check(value, place) }
            values.append(value)
        }
        return inputs.map { $0.map { values[$0] } ?? .null }
    }

    /// What is wrong with the arguments of a call.
    struct ArgumentFault: Error, Equatable {
        var expected: String
        var came: String

        init(_ expected: String, _ came: String) {
            self.expected = expected
            self.came = came
        }
    }
}

extension GradioEndpoint.Parameter {
    fileprivate func spelled(_ place: Int) -> String { name.isEmpty ? "argument \(place + 1) (\(label))" : name }

    /// Whether a value can be meant for this parameter, by the outermost of its schema. An empty input always can.
    fileprivate func check(_ value: JSONValue, _ place: Int) throws(GradioEndpoint.ArgumentFault) {
        guard !value.isNull else { return }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            throw .init(
                "\(spelled(place)) to be one of \(choices.map(\.description).joined(separator: ", "))",
                "got \(value.kind)")
        }
        let fits =
            switch schema["type"]?.string {
            case "string": value.string != nil
            case "number": value.number != nil
            case "integer": value.integer != nil
            case "boolean": value.bool != nil
            case "array": value.array != nil
            case "object": value.object != nil
            default: true
            }
        guard fits else {
            throw .init("\(spelled(place)) to be of type \(schema["type"]?.string ?? "")", "got \(value.kind)")
        }
    }
}
