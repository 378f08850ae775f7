internal import JSONTree

/// The models that stand ready when no configuration is given: names that clients have written into their own.
///
/// No wildcard is among them: the real proxy refuses a name that it does not know, and a client should notice.
enum DeskModels {
    static let all: [ProxyConfiguration.Model] =
        ["gpt-4o-mini", "gpt-4o", "gpt-4.1", "gpt-4.1-mini", "gpt-3.5-turbo", "o4-mini"].map { model($0, "openai") }
        + ["claude-sonnet-4-5", "claude-haiku-4-5", "claude-3-5-sonnet"].map { model($0, "anthropic") }
        + [
            model("gemini-2.0-flash", "openai"), model("llama3", "openai"), model("fake-model", "openai"),
            model("gpt-3.5-turbo-instruct", "text-completion-openai", mode: "completion"),
            model("text-embedding-3-small", "openai", mode: "embedding"),
            model("text-embedding-3-large", "openai", mode: "embedding"),
            model("text-embedding-ada-002", "openai", mode: "embedding"),
            model("dall-e-3", "openai", mode: "image_generation"),
            model("gpt-image-1", "openai", mode: "image_generation"),
            model("tts-1", "openai", mode: "audio_speech"),
            model("whisper-1", "openai", mode: "audio_transcription"),
            model("omni-moderation-latest", "openai", mode: "moderation"),
            model("rerank-english-v3.0", "cohere", mode: "rerank"),
        ]

    private static func model(_ name: String, _ provider: String, mode: String? = nil) -> ProxyConfiguration.Model {
        ProxyConfiguration.Model(
            name: name, parameters: ["model": .string("\(provider)/\(name)"), "api_key": "sk-none"],
            info: mode.map { ["mode": .string($0)] } ?? [:])
    }
}
