import Testing

@testable import Scenarios

@Suite struct VocabularyCheckTests {
    @Test(arguments: [
        ("comfiui POST /prompt: error 500", "1:1: unknown fake \"comfiui\": did you mean \"comfyui\"?"),
        ("rvc /gradio_api/upload: error 500", "1:1: unknown fake \"rvc\": did you mean \"gradio.rvc\"?"),
        ("gradio.wan2pg: refuse 3s", "1:1: unknown fake \"gradio.wan2pg\": did you mean \"gradio.wan2gp\"?"),
        ("comfyui POST /promt: error 500", "1:14: unknown path of comfyui \"/promt\": did you mean \"/prompt\"?"),
        ("comfyui DELETE /prompt: error 500", "1:9: comfyui does not take DELETE on /prompt: expected POST"),
        ("comfyui opens /wss: delay 1s", "1:15: comfyui opens no WebSocket on /wss: did you mean \"/ws\"?"),
        ("litellm opens /ws: delay 1s", "1:15: litellm has no WebSocket to open"),
        ("litellm receives hello: skip", "1:9: litellm receives no messages"),
        (
            "comfyui sends progres: skip",
            "1:15: unknown message that comfyui sends \"progres\": did you mean \"progress\"?"
        ),
        (
            "litellm /v1/chat/completions: error ratelimit",
            "1:37: unknown error \"ratelimit\": did you mean \"rate_limit\"?"
        ),
        (
            "comfyui POST /prompt: error rate_limit",
            "1:23: unknown error of comfyui \"rate_limit\": expected one of out_of_memory, not_ready"
        ),
        (
            "comfyui /history/{id}: error out_of_memory",
            "1:24: out_of_memory does not happen on /history/{id}: expected /prompt"
        ),
        (
            "litellm /v1/*: quota requests 3 per 1m error queue_full",
            "1:16: unknown error of litellm \"queue_full\": expected one of rate_limit, not_ready"
        ),
        ("comfyui: set {vram_fre: 0}", "1:10: unknown state of comfyui \"vram_fre\": did you mean \"vram_free\"?"),
        (
            "comfyui /prompt: error 500, state {ram: 0}",
            "1:36: unknown state \"ram\": expected one of vram_free, queue_remaining, models, queue"
        ),
        ("litellm: corrupt no_pong", "1:10: litellm has no WebSocket to open"),
        (
            "litellm sends chunk: corrupt bad_opcode",
            "1:22: corrupt of this kind needs a WebSocket, and litellm has none"
        ),
    ])
    func `a rule that can never act is refused`(line: String, problem: String) {
        let problems = lineProblems(line, vocabulary: .test)

        #expect(problems.first == problem)
    }

    @Test(arguments: [
        "any: delay 1s", "any: error not_ready", "any /prompt: error out_of_memory", "gradio: error queue_full",
        "comfyui GET /ws: delay 1s", "comfyui GET /history/{x}: error 404", "comfyui HEAD /history/abc: error 500",
        "gradio.rvc PUT /gradio_api/upload: error 500", "gradio sends estimation: skip", "any sends chunk: skip",
        "comfyui OPTIONS /prompt: delay 1s", "litellm GET /health/*: error not_ready",
        "comfyui: set {vram_free: 0}, at 3s", "comfyui: corrupt no_pong", "any.rvc: error queue_full",
    ])
    func `a rule that can act is taken`(line: String) {
        #expect(lineProblems(line, vocabulary: .test) == [])
    }
}
