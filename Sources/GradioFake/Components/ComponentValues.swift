import JSONTree

/// What components make of values on their way between client and function: Gradio's `preprocess` and `postprocess`.
///
/// Each rule was tried on the real package, its error texts included.
struct ComponentValues {
    let major: GradioMajor
    /// The server's address as the client sees it, for the URLs of files.
    let root: String

    /// The values that a function gets, from those that a client sent for its inputs.
    func arguments(
        _ values: [JSON], of function: AppFunction, files: inout FileStore
    ) throws(AppFailure) -> [JSON] {
        guard values.count >= function.inputs.count else { throw tooFew(values, function) }
        var arguments: [JSON] = []
        for (place, component) in function.inputs.enumerated() {
            do throws(InputFault) {
                arguments.append(try argument(values[place], for: component, files: &files))
            } catch {
                switch error {
                case .failure(let failure): throw failure
                case .unprocessable(let expected, let original):
                    throw .exception(
                        type: "PreprocessError",
                        message: """
                            Could not preprocess input component at index \(place) (a `\(component.type)` component) \
                            of the event handler with input components: \
                            [\(function.inputs.map(\.type).joined(separator: ", "))].

                            Expected a `\(expected)`, but the value passed to the event handler was: \
                            \(values[place].pythonRepr) (of type `\(values[place].pythonType)`).

                            Original error: \(original)
                            """)
                }
            }
        }
        return arguments
    }

    /// The values that a client gets, from those that a function returned for its outputs.
    func results(_ values: [JSON], of function: AppFunction, files: inout FileStore) throws(AppFailure) -> [JSON] {
        var results: [JSON] = []
        for (place, component) in function.outputs.enumerated() {
            do throws(InputFault) {
                results.append(try result(values[place], of: component, files: &files))
            } catch {
                switch error {
                case .failure(let failure): throw failure
                case .unprocessable(let expected, let original):
                    throw .exception(
                        type: "PostprocessError",
                        message: """
                            Could not postprocess output component at index \(place) (a `\(component.type)` component) \
                            of the event handler with output components: \
                            [\(function.outputs.map(\.type).joined(separator: ", "))].

                            Expected a `\(expected)`, but the value returned from the event handler was: \
                            \(values[place].pythonRepr) (of type `\(values[place].pythonType)`).

                            Original error: \(original)
                            """)
                }
            }
        }
        return results
    }

    /// Why a single value is refused.
    enum InputFault: Error {
        /// A failure as it stands.
        case failure(AppFailure)
        /// An exception within the component, which the server wraps.
        case unprocessable(expected: String, original: String)
    }

    private func tooFew(_ values: [JSON], _ function: AppFunction) -> AppFailure {
        let wanted = function.inputs.map { component in
            "<gradio.components.\(component.kind).\(component.kind.prefix(1).uppercased() + component.kind.dropFirst()) object at 0x7f0000000000>"
        }
        let received = values.map { $0.string.map { "\"\($0)\"" } ?? $0.pythonRepr }
        return .value(
            """
            An event handler (\(function.apiName)) didn't receive enough input values (needed: \
            \(function.inputs.count), got: \(values.count)).
            Check if the event handler calls a Javascript function, and make sure its return value is correct.
            Wanted inputs:
                [\(wanted.joined(separator: ", "))]
            Received inputs:
                [\(received.joined(separator: ", "))]
            """)
    }

    // MARK: Inputs

    private func argument(
        _ value: JSON, for component: Component, files: inout FileStore
    ) throws(InputFault) -> JSON {
        switch component.kind {
        case "textbox": return value.isNull ? .null : .string(value.pythonStr)
        case "number": return value.isNull ? .null : try number(value, component, expected: "float | None")
        case "slider": return try number(value, component, expected: "float")
        case "dropdown": return try choice(value, component)
        case "radio":
            if value.isNull || component.choices.contains(where: { Arithmetic.areEqual($0, value) }) { return value }
            throw .failure(.refusal(notAChoice(value, component, withType: true)))
        case "checkboxgroup": return try choices(value, component)
        case "audio", "video", "file", "image", "model3d", "downloadbutton", "uploadbutton":
            return try FileValues(major: major, root: root).argument(value, for: component, files: &files)
        case "gallery": return try FileValues(major: major, root: root).gallery(value, component, files: &files)
        default: return value
        }
    }

    private func number(_ value: JSON, _ component: Component, expected: String) throws(InputFault) -> JSON {
        func comparison(_ value: JSON) -> String {
            "TypeError: '<' not supported between instances of '\(value.pythonType)' and 'int'"
        }
        let minimum = component.properties["minimum"]
        let maximum = component.properties["maximum"]
        let isSlider = component.kind == "slider"
        let precision = component.properties["precision"]?.int
        guard let number = value.double ?? value.bool.map({ $0 ? 1 : 0 }) else {
            if minimum != nil || maximum != nil || isSlider {
                throw .unprocessable(expected: expected, original: comparison(value))
            }
            guard precision != nil else { return value }
            throw .unprocessable(
                expected: expected, original: "TypeError: type \(value.pythonType) doesn't define __round__ method")
        }
        // Version 4 and older leave the bounds of a slider to the page.
        if !isSlider || major >= .five {
            if let minimum, let bound = minimum.double, number < bound {
                throw .failure(
                    .refusal("Value \(value.pythonStr) is less than minimum value \(minimum.pythonStr)."))
            }
            if let maximum, let bound = maximum.double, number > bound {
                throw .failure(
                    .refusal("Value \(value.pythonStr) is greater than maximum value \(maximum.pythonStr)."))
            }
        }
        return rounded(value, precision)
    }

    private func rounded(_ value: JSON, _ precision: Int?) -> JSON {
        guard let precision, value.double != nil, let number = value.double, number.isFinite else { return value }
        if precision == 0 { return Int(exactly: number.rounded(.toNearestOrEven)).map { .int($0) } ?? value }
        if value.int != nil { return value }
        let scale = (0..<min(max(precision, 0), 300)).reduce(1.0) { power, _ in power * 10 }
        return .double((number * scale).rounded(.toNearestOrEven) / scale)
    }

    private func choice(_ value: JSON, _ component: Component) throws(InputFault) -> JSON {
        if value.isNull || component.properties["allow_custom_value"]?.bool == true { return value }
        if component.properties["multiselect"]?.bool == true, value.array != nil {
            return try choices(value, component)
        }
        guard component.choices.contains(where: { Arithmetic.areEqual($0, value) }) else {
            throw .failure(.refusal(notAChoice(value, component, withType: false)))
        }
        return value
    }

    private func choices(_ value: JSON, _ component: Component) throws(InputFault) -> JSON {
        let chosen: [JSON]
        switch value {
        case .array(let values): chosen = values
        case .string(let text): chosen = text.unicodeScalars.map { .string(String(Character($0))) }
        default:
            throw .unprocessable(
                expected: "list[str | int | float]",
                original: "TypeError: '\(value.pythonType)' object is not iterable")
        }
        for one in chosen where !component.choices.contains(where: { Arithmetic.areEqual($0, one) }) {
            throw .failure(.refusal(notAChoice(one, component, withType: true)))
        }
        return value
    }

    private func notAChoice(_ value: JSON, _ component: Component, withType: Bool) -> String {
        let list = JSON.array(component.choices).pythonRepr
        return withType
            ? "Value: \(value.pythonRepr) (type: <class '\(value.pythonType)'>) is not in the list of choices: \(list)"
            : "Value: \(value.pythonStr) is not in the list of choices: \(list)"
    }
}
