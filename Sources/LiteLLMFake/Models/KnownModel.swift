internal import JSONTree

/// What the proxy's cost map knows of a public model: limits, prices in dollars a token, abilities.
///
/// Prices and limits are those that the providers publish.
struct KnownModel: Sendable {
    var mode: String
    var maxInput: Int?
    var maxOutput: Int?
    var inputCost: Double = 0
    var outputCost: Double = 0
    var abilities: Set<String> = []

    /// By the name without its provider.
    static let all: [String: KnownModel] = {
        let chat: Set<String> = ["function_calling", "parallel_function_calling", "vision"]
        let thinker = chat.union(["reasoning"])
        return [
            "gpt-4o-mini": .init("chat", 128_000, 16_384, 1.5e-07, 6e-07, chat),
            "gpt-4o": .init("chat", 128_000, 16_384, 2.5e-06, 1e-05, chat),
            "gpt-4.1": .init("chat", 1_047_576, 32_768, 2e-06, 8e-06, chat),
            "gpt-4.1-mini": .init("chat", 1_047_576, 32_768, 4e-07, 1.6e-06, chat),
            "gpt-3.5-turbo": .init("chat", 16_385, 4096, 5e-07, 1.5e-06, ["function_calling"]),
            "gpt-3.5-turbo-instruct": .init("completion", 8192, 4096, 1.5e-06, 2e-06),
            "o4-mini": .init("chat", 200_000, 100_000, 1.1e-06, 4.4e-06, thinker),
            "claude-sonnet-4-5": .init("chat", 200_000, 64_000, 3e-06, 1.5e-05, thinker),
            "claude-haiku-4-5": .init("chat", 200_000, 64_000, 1e-06, 5e-06, thinker),
            "claude-3-5-sonnet": .init("chat", 200_000, 8192, 3e-06, 1.5e-05, chat),
            "gemini-2.0-flash": .init("chat", 1_048_576, 8192, 1e-07, 4e-07, chat),
            "text-embedding-3-small": .init("embedding", 8191, nil, 2e-08, 0),
            "text-embedding-3-large": .init("embedding", 8191, nil, 1.3e-07, 0),
            "text-embedding-ada-002": .init("embedding", 8191, nil, 1e-07, 0),
            "gpt-image-1": .init("image_generation", nil, nil, 5e-06, 0),
            "dall-e-3": .init("image_generation", nil, nil, 0, 0),
        ]
    }()

    private init(
        _ mode: String, _ maxInput: Int?, _ maxOutput: Int?, _ inputCost: Double, _ outputCost: Double,
        _ abilities: Set<String> = []
    ) {
        self.mode = mode
        self.maxInput = maxInput
        self.maxOutput = maxOutput
        self.inputCost = inputCost
        self.outputCost = outputCost
        self.abilities = abilities
    }
}

/// What a call cost, in dollars, by the known prices; nothing when the model has none.
struct Cost: Sendable, Equatable {
    var input: Double = 0
    var output: Double = 0
    var total: Double { input + output }

    static let nothing = Cost()
    /// The proxy prices the mock of the responses API as the model that its canned object names.
    static let responsesMock = Cost(prompt: 36, completion: 87, of: KnownModel.all["gpt-4.1"])

    init() {}

    init(prompt: Int, completion: Int, of model: KnownModel?) {
        guard let model else { return }
        input = Double(prompt) * model.inputCost
        output = Double(completion) * model.outputCost
    }
}
