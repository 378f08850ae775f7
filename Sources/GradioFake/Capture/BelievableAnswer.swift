import JSONTree

/// What a captured function answers: something of the right type, made of what it was asked.
struct BelievableAnswer {
    let inputs: [(parameter: String, component: Component)]
    let outputs: [Component]
    let major: GradioMajor

    private static let media: Set<String> = ["image", "audio", "video", "gallery"]
    private static let texts: Set<String> = ["textbox", "markdown", "html", "code"]

    /// The key of the function's entry and its value: `reply`, or `do` where it takes its time.
    func member(isGenerator: Bool) -> (key: String, value: JSON) {
        if isGenerator {
            let step: JSON = ["yield": results(step: " ({step + 1} of 3)")]
            return ("do", [["repeat": 3, "as": "step", "do": [["sleep": 0.2], step]], ["yield": results(step: "")]])
        }
        guard outputs.contains(where: { Self.media.contains($0.kind) }) else { return ("reply", results(step: "")) }
        let step: JSON = ["progress": ["step": "step + 1", "of": 5]]
        return (
            "do", [["repeat": 5, "as": "step", "do": [step, ["sleep": 0.1]]], ["return": results(step: "")]]
        )
    }

    private func results(step: String) -> JSON {
        // A row of a table of examples fills the form.
        if let row = inputs.first?.component.properties["samples"]?[0]?.array, row.count == outputs.count, row.count > 1
        {
            return .array(row.map(Self.literal))
        }
        let values = outputs.map { value(of: $0, step: step) }
        return values.count == 1 ? values[0] : values.isEmpty ? .null : .array(values)
    }

    /// The argument whose words an answer takes up.
    private var words: String? {
        inputs.first { Self.texts.contains($0.component.kind) && !$0.component.isSkipped }?.parameter
            ?? inputs.first { ["dropdown", "radio"].contains($0.component.kind) }?.parameter
    }

    /// An expression for the prompt of a picture or a sound.
    private var prompt: String { words.map { "str(\($0) or '')" } ?? "'a surprise'" }

    private func value(of component: Component, step: String) -> JSON {
        let own = inputs.first { $0.component.id == component.id }?.parameter
        let value = component.properties["value"]
        switch component.kind {
        case "textbox", "markdown", "html", "code":
            return .string((words.map { "Answer to: {\($0) or 'nothing'}" } ?? "Done") + step)
        case "number", "slider":
            if let own { return .string("{\(own)}") }
            guard let low = component.properties["minimum"], low.double != nil else { return value ?? 42 }
            return value ?? low
        case "checkbox": return true
        case "dropdown", "radio":
            let isMultiple = component.properties["multiselect"]?.bool == true
            let first = component.choices.first.map(Self.literal) ?? .null
            return isMultiple ? .array(component.choices.isEmpty ? [] : [first]) : first
        case "checkboxgroup": return .array(component.choices.prefix(1).map(Self.literal))
        case "image": return isUnfinished(step) ? .null : picture(seed: 1)
        case "gallery": return isUnfinished(step) ? .null : [picture(seed: 1), picture(seed: 2)]
        case "audio":
            return isUnfinished(step) ? .null : .string("{sound(\(prompt), 1, 2, name='sound.wav')}")
        case "video":
            return isUnfinished(step) ? .null : .string("{video(\(prompt), 1, 32, 320, 192, name='video.mp4')}")
        case "file", "downloadbutton":
            let file: JSON = .string("{file('result.txt', \(prompt))}")
            return component.properties["file_count"]?.string == "multiple" ? [file] : file
        case "json": return .object(JSONObject(given.map { ($0, .string("{\($0)}")) }))
        case "label": return ["first": 0.7, "second": 0.2, "third": 0.1]
        case "dataframe": return table(component)
        case "chatbot": return chat(component, step)
        case "highlightedtext": return [["Answer", "first"], [" and more", .null]]
        case "colorpicker": return "#3b82f6"
        case "state": return own.map { .string("{\($0)}") } ?? .null
        case "multimodaltextbox": return ["text": "", "files": []]
        // The page is told that nothing changes.
        default: return component.isSkipped && major > .three ? ["__type__": "update"] : .null
        }
    }

    private func isUnfinished(_ step: String) -> Bool { !step.isEmpty }

    private func picture(seed: Int) -> JSON { .string("{picture(\(prompt), \(seed), 512, 512)}") }

    /// Arguments that can be told again as they are.
    private var given: [String] {
        inputs.filter { !$0.component.isSkipped }.map(\.parameter)
    }

    private func table(_ component: Component) -> JSON {
        let width = max(1, component.properties["headers"]?.array?.count ?? 2)
        return .array((1...2).map { row in .array((1...width).map { .string("\(row).\($0)") }) })
    }

    private func chat(_ component: Component, _ step: String) -> JSON {
        let asked: JSON = .string(words.map { "{\($0) or 'Hello'}" } ?? "Hello")
        let answer: JSON = .string("A good question." + step)
        if major <= .four { return [[asked, answer]] }
        if component.properties["type"]?.string == "tuples" { return .null }
        return [["role": "user", "content": asked], ["role": "assistant", "content": answer]]
    }

    /// A value that is taken as it is, whatever braces it has.
    private static func literal(_ value: JSON) -> JSON {
        guard let text = value.string else { return value }
        return .string(text.replacing("{", with: "{{").replacing("}", with: "}}"))
    }
}
