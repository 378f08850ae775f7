import JSONTree

@testable import Scenarios

extension Vocabulary {
    /// Three small fakes, enough to speak of.
    static let test = Vocabulary([
        Backend(
            kind: "comfyui", ids: ["comfyui"],
            routes: [("POST", PathTemplate("/prompt")), ("GET", PathTemplate("/history/{prompt_id}"))],
            webSockets: [PathTemplate("/ws")], sends: ["progress", "executing", "status"],
            receives: ["feature_flags"],
            errors: [
                NativeError("out_of_memory", "CUDA is out of memory", paths: ["/prompt"]),
                NativeError("not_ready", "the server is not up yet"),
            ], state: ["vram_free", "queue_remaining"]),
        Backend(
            kind: "litellm", ids: ["litellm"],
            routes: [("POST", PathTemplate("/v1/chat/completions")), ("GET", PathTemplate("/health/readiness"))],
            sends: ["chunk"],
            errors: [
                NativeError("rate_limit", "too many requests", paths: ["/v1/chat/completions"]),
                NativeError("not_ready", "the database is not connected"),
            ], state: ["models"]),
        Backend(
            kind: "gradio", ids: ["wan2gp", "rvc"],
            routes: [("POST", PathTemplate("/gradio_api/queue/join")), ("*", PathTemplate("/gradio_api/upload"))],
            sends: ["process_completed", "estimation"],
            errors: [NativeError("queue_full", "the queue is full")], state: ["queue"]),
    ])
}

/// Reads a rule out of the lines that stand under `- ` in a file.
func readRule(_ lines: String, vocabulary: Vocabulary? = nil) throws -> Rule {
    try ScenarioReader(vocabulary: vocabulary).rules(lines)[0]
}

/// Reads one effect of a rule about requests, or about what else is said.
func readEffects(_ line: String, on: String = "litellm POST /v1/chat/completions") throws -> [Effect] {
    try readRule("on: \(on)\n\(line)\n").effects
}

/// What is wrong with a text, `line:column: message` each; nothing if it can be read.
func problems(in text: String, vocabulary: Vocabulary? = nil, file: String = "") -> [String] {
    do {
        _ = try ScenarioReader(vocabulary: vocabulary, file: file).scenario(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// What is wrong with a rule.
func ruleProblems(_ text: String, vocabulary: Vocabulary? = nil) -> [String] {
    do {
        _ = try ScenarioReader(vocabulary: vocabulary).rules(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// What is wrong with a rule on one line.
func lineProblems(_ text: String, vocabulary: Vocabulary? = nil) -> [String] {
    do {
        _ = try ScenarioReader(vocabulary: vocabulary).rule(line: text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
