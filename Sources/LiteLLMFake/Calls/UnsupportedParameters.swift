internal import JSONTree

/// Parameters of OpenAI's API that a provider lacks.
extension FakeLiteLLM {
    /// The refusal of a chat that asks Anthropic for more than it has; nil when there is nothing to refuse.
    nonisolated func unsupported(_ call: Call, _ deployment: Deployment) -> CallFailure? {
        guard deployment.isAnthropic, !settings.proxy.dropsParameters else { return nil }
        let allowed = call.document["allowed_openai_params"]?.array?.compactMap(\.string) ?? []
        let missing = call.document.compactMap { field -> String? in
            guard Self.lacking.contains(field.key), !allowed.contains(field.key), !field.value.isNull else {
                return nil
            }
            // One choice is what everybody gives.
            return field.key == "n" && field.value.int == 1 ? nil : field.key
        }
        guard !missing.isEmpty else { return nil }
        let names = JSON.array(missing.map { .string($0) }).pythonRepr
        return CallFailure(
            .unsupportedParams, status: 400,
            "anthropic does not support parameters: \(names), for model=\(deployment.upstreamModel). To drop these, set "
                + "`litellm.drop_params=True` or for proxy:\n\n`litellm_settings:\n drop_params: true`\n. \n If you want to "
                + "use these params dynamically send allowed_openai_params=\(names) in your request.")
    }

    private static let lacking: Set<String> = [
        "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "modalities", "prediction", "n",
        "presence_penalty", "seed", "function_call", "functions", "audio", "store",
    ]
}
