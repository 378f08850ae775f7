internal import Scenarios

/// The troubles of the real server that scenarios ask for by name.
///
/// There is no full queue among them: the real one has no end (`PromptQueue` in upstream's execution.py).
enum ComfyUITrouble: String, Sendable, CaseIterable {
    // Of a run.
    case outOfMemory = "out_of_memory"
    case nodeError = "node_error"
    case diskFull = "disk_full"
    case interrupted
    // Of a prompt that is not taken.
    case validation
    case missingModel = "missing_model"
    case missingNodeType = "missing_node_type"
    case noPrompt = "no_prompt"
    // Of the server.
    case uploadFailed = "upload_failed"
    case serverError = "server_error"
    case notReady = "not_ready"

    init?(_ use: NativeErrorUse?) {
        guard let use else { return nil }
        self.init(rawValue: use.name)
    }

    /// What a client sees.
    var summary: String {
        switch self {
        case .outOfMemory: "The sampler runs out of VRAM: execution_error with torch.OutOfMemoryError."
        case .nodeError: "The sampler raises: execution_error with RuntimeError."
        case .diskFull: "The first node that saves a file raises: execution_error with OSError 28."
        case .interrupted: "The run is stopped as by POST /interrupt: execution_interrupted."
        case .validation: "400 prompt_outputs_failed_validation: the outputs lack a required input."
        case .missingModel: "400 prompt_outputs_failed_validation: the models that the prompt names are not there."
        case .missingNodeType: "400 missing_node_type: the class of the first node is not installed."
        case .noPrompt: "400 no_prompt."
        case .uploadFailed: "500 for an upload: the handler raised."
        case .serverError: "500: the handler raised."
        case .notReady: "503 with the page of the proxy in front of a server that is still starting."
        }
    }

    /// The routes where it can happen; empty for all.
    var paths: [String] {
        switch self {
        case .outOfMemory, .nodeError, .diskFull, .interrupted, .validation, .missingModel, .missingNodeType,
            .noPrompt:
            ["/prompt", "/api/prompt"]
        case .uploadFailed: ["/upload/image", "/upload/mask", "/api/upload/image", "/api/upload/mask"]
        case .serverError, .notReady: []
        }
    }
}
