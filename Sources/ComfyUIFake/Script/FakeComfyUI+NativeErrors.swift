internal import JSONTree
internal import Scenarios
internal import SocketServer

// Prompts that are not taken because a scenario says so. Each is put through the server's own validation, spoiled so
// that it fails, and so the answer is what the real server says of this very prompt.
extension FakeComfyUI {
    /// The answer to a prompt; nil if the trouble is none of these, or cannot befall this prompt.
    func refusal(of sent: JSONObject, targets: [JSON]?, for use: NativeErrorUse?) throws -> Answer? {
        guard let use, let trouble = ComfyUITrouble(use) else { return nil }
        let verdict: PromptValidation.Verdict
        switch trouble {
        case .noPrompt: return refuse(PromptFault.noPrompt.saying(use.message))
        case .missingNodeType:
            guard let id = sent.keys.first, let node = sent[id], let name = node["class_type"] else { return nil }
            let fault = PromptFault.unknownClass(name, node: id, title: node["_meta"]?["title"])
            return refuse(fault.saying(use.message))
        case .validation: verdict = try validate(withoutInputsOfOutputs(sent), targets: targets)
        case .missingModel: verdict = try validate(sent, targets: targets, listing: server.listingWithoutModels)
        default: return nil
        }
        guard case .refused(let fault, let nodeErrors) = verdict else { return nil }
        return refuse(fault.saying(use.message), nodeErrors)
    }

    /// The prompt without the first required input of each output node.
    private func withoutInputsOfOutputs(_ prompt: JSONObject) -> JSONObject {
        var prompt = prompt
        for (id, node) in prompt {
            guard let type = node["class_type"]?.string.flatMap({ server.table[$0] }), type.isOutput,
                let name = type.inputs.first(where: \.isRequired)?.name
            else { continue }
            prompt[id]?["inputs"]?[name] = nil
        }
        return prompt
    }
}

extension PromptFault {
    /// The same in other words, if there are any.
    fileprivate func saying(_ message: String?) -> PromptFault {
        guard let message else { return self }
        return PromptFault(type: type, message: message, details: details, extraInfo: extraInfo)
    }
}
