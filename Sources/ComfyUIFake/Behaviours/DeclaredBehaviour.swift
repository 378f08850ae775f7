internal import JSONTree
internal import Media

/// What a node class of a node file does, from its member `behaviour`:
///
/// ```json
/// {"async": false,
///  "do": [{"steps": "@steps", "delay_ms": "@delay_ms", "preview": "@preview", "size": [64, 48]},
///         {"sleep": "@seconds"},
///         {"say": "progress: {text}"},
///         {"raise": "ValueError", "text": "@text"}],
///  "give": ["@image", {"image": [64, 48], "colour": 0}],
///  "else": [{"image": [64, 48], "colour": 0}],
///  "show": {"text": ["@text"]}}
/// ```
/// - `do`: acts in order. `steps` reports so many steps, `delay_ms` before each; `sleep` waits seconds and looks
///   for interruptions every 20 ms; `say` sends a line of text under the node; `raise` fails with an exception.
/// - `give`: the value of each output. `@name` is an input's value, an object with `image` a picture of one
///   colour, anything else itself. `else` stands in where an input was not given.
///   `{"blocked": text}` keeps what follows from running; the text may be null.
/// - `show`: what the node shows, with the same `@name`.
///
/// `DeclaredFlow` adds what it says about lazy inputs, change stamps and nodes that expand.
extension NodeBehaviour {
    static func declared(_ declaration: JSON, for type: NodeClass) -> NodeBehaviour {
        let acts = declaration["do"]?.array ?? (declaration["do"].map { [$0] } ?? [])
        let gifts = declaration["give"]?.array ?? []
        let spares = declaration["else"]?.array ?? []
        let flow = DeclaredFlow(declaration)
        var behaviour = NodeBehaviour { call, stage in
            for act in acts { try await perform(act, call, stage) }
            var outcome = NodeOutcome()
            if let expansion = flow.expansion(of: call) {
                outcome.expansion = expansion.nodes
                outcome.values = expansion.outputs.map { .json($0) }
                return outcome
            }
            for (slot, output) in type.outputs.enumerated() {
                let gift = slot < gifts.count ? gifts[slot] : .null
                let spare = slot < spares.count ? spares[slot] : .null
                let value = value(of: gift, call) ?? value(of: spare, call) ?? .none
                if output.isList, let elements = value.json?.array {
                    outcome.values.append(.list(elements.map { .json($0) }))
                } else {
                    outcome.values.append(value)
                }
            }
            if let shown = declaration["show"]?.object {
                outcome.ui = JSONObject(shown.map { ($0.key, plain($0.value, call)) })
            }
            return outcome
        }
        behaviour.isSampler = acts.contains { $0["steps"] != nil }
        behaviour.isAsync = declaration["async"]?.isTruthy ?? false
        flow.apply(to: &behaviour)
        return behaviour
    }

    private static func perform(_ act: JSON, _ call: NodeCall, _ stage: NodeStage) async throws(NodeFailure) {
        if let steps = act["steps"].flatMap({ number($0, call) }) {
            let count = max(0, Int(steps))
            let delay = act["delay_ms"].flatMap { number($0, call) } ?? 0
            let hasPreview = plain(act["preview"] ?? false, call).isTruthy
            for step in 0..<count {
                try await stage.sleep(.milliseconds(delay))
                try await stage.linger()
                try stage.report(
                    .int(step + 1), of: .int(count), preview: hasPreview ? { preview(act, step, count) } : nil)
            }
        } else if let seconds = act["sleep"].flatMap({ number($0, call) }) {
            var rest = Duration.seconds(seconds)
            while rest > .zero {
                try await stage.sleep(min(rest, .milliseconds(20)))
                rest -= .milliseconds(20)
            }
        } else if let text = act["say"]?.string {
            stage.send(text: filled(text, call))
        } else if let type = act["raise"]?.string {
            throw .raised(PythonError(type: type, text: plain(act["text"] ?? "", call).pythonStr))
        }
    }

    private static func preview(_ act: JSON, _ step: Int, _ count: Int) -> PromptLifecycle.Preview {
        let size = act["size"]?.array?.compactMap(\.int) ?? []
        let shade = UInt8(255 * step / max(1, count))
        return .jpeg(
            Bitmap(
                width: size.first ?? 64, height: size.last ?? 64,
                filledWith: Colour(red: shade, green: 64, blue: 128)))
    }

    /// A value that a declaration names; `nil` for an input that was not given.
    private static func value(of declared: JSON, _ call: NodeCall) -> NodeValue? {
        if let name = declared.string, name.hasPrefix("@") { return call.inputs[String(name.dropFirst())] }
        if let size = declared["image"]?.array?.compactMap(\.int), size.count == 2 {
            return .images(
                .solid(Colour(rgb: declared["colour"]?.int ?? 0), width: size[0], height: size[1]))
        }
        if let text = declared.object?["blocked"] { return .blocked(text.string) }
        return declared.isNull ? nil : .json(plain(declared, call))
    }

    /// A declared value with the inputs' values in place of their names.
    private static func plain(_ declared: JSON, _ call: NodeCall) -> JSON {
        switch declared {
        case .string(let name) where name.hasPrefix("@"): call[String(name.dropFirst())].json ?? .null
        case .array(let values): .array(values.map { plain($0, call) })
        case .object(let object): .object(JSONObject(object.map { ($0.key, plain($0.value, call)) }))
        default: declared
        }
    }

    private static func number(_ declared: JSON, _ call: NodeCall) -> Double? { plain(declared, call).double }

    private static func filled(_ text: String, _ call: NodeCall) -> String {
        call.inputs.reduce(text) { text, input in
            text.replacing("{\(input.key)}", with: input.value.json?.pythonStr ?? "")
        }
    }
}
