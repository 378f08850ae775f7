internal import JSONTree
internal import Media

// What a class does of which only the sockets are known: it gives something of each type, made from what it got.
extension NodeBehaviour {
    static func bySockets(of type: NodeClass) -> NodeBehaviour {
        NodeBehaviour { call, stage in
            var outcome = NodeOutcome()
            outcome.values = type.outputs.map { output in
                let value = like(output.type.string ?? "COMBO", call)
                return output.isList ? .list([value]) : value
            }
            let pictures = type.inputs.compactMap { call[$0.name].images }.first
            if type.isOutput, let pictures {
                var name = try stage.name("ComfyUI_temp_\(stage.instanceLetters)", in: .temp)
                var names: [JSON] = []
                for index in 0..<pictures.count {
                    try stage.checkpoint()
                    let file = await stage.aside { PNG.encode(pictures.paint(index)) }
                    names.append(stage.write(file, &name, ending: ".png", to: .temp))
                }
                outcome.ui = ["images": .array(names)]
            }
            return outcome
        }
    }

    private static func like(_ type: String, _ call: NodeCall) -> NodeValue {
        for name in call.inputs.keys.sorted() where call[name].has(type: type) { return call[name] }
        switch type {
        case "IMAGE": return .images(.solid(.black, width: 512, height: 512))
        case "MASK": return .mask(.solid(.black, width: 512, height: 512))
        case "LATENT": return .latent(Latent(width: 512, height: 512))
        case "CONDITIONING": return .conditioning("")
        case "INT": return .json(0)
        case "FLOAT": return .json(0.0)
        case "BOOLEAN": return .json(false)
        case "STRING", "COMBO": return .json("")
        default: return .token(type: type, about: call.className)
        }
    }
}

extension NodeValue {
    /// Whether this is a value of a type of link.
    fileprivate func has(type: String) -> Bool {
        switch (self, type) {
        case (.images, "IMAGE"), (.mask, "MASK"), (.latent, "LATENT"), (.conditioning, "CONDITIONING"),
            (.audio, "AUDIO"), (.video, "VIDEO"):
            true
        case (.token(let own, _), _): own == type
        case (.json(.string), "STRING"), (.json(.bool), "BOOLEAN"): true
        case (.json(.number(let number)), "INT"): number.isInteger
        case (.json(.number(let number)), "FLOAT"): !number.isInteger
        default: false
        }
    }
}
