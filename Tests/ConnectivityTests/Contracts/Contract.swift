import Scenarios
import Testing

/// What a client does when a fake misbehaves: a row of the matrix, which is tested and printed.
struct Contract: Sendable, CustomTestStringConvertible {
    enum Client: String, Sendable, CaseIterable {
        case liteLLM = "LiteLLMClient"
        case comfyUI = "ComfyUIClient"
        case gradio = "GradioClient"
    }

    /// What the client is asked for.
    enum Task: String, Sendable {
        case chat = "a chat"
        case stream = "a streamed chat"
        case job = "a picture"
        case call = "a call with three outputs"
    }

    var client: Client
    var task: Task
    /// The rule in force, in the scenario language.
    var rule: String
    /// What comes of it, in the words of ``ContractRun``.
    var outcome: String
    /// Whether the client's deadlines are short, as otherwise the test would wait for them.
    var isHasty: Bool

    var testDescription: String { "\(client.rawValue): \(rule)" }

    /// The word of the language that is tried.
    var word: String {
        let effect = rule.firstRange(of: ": ").map { rule[$0.upperBound...] } ?? ""
        return String(effect.prefix { $0 != " " && $0 != "," })
    }

    static func chat(_ rule: String, _ outcome: String, hasty: Bool = false) -> Self {
        Self(client: .liteLLM, task: .chat, rule: rule, outcome: outcome, isHasty: hasty)
    }

    static func stream(_ rule: String, _ outcome: String, hasty: Bool = false) -> Self {
        Self(client: .liteLLM, task: .stream, rule: rule, outcome: outcome, isHasty: hasty)
    }

    static func job(_ rule: String, _ outcome: String, hasty: Bool = false) -> Self {
        Self(client: .comfyUI, task: .job, rule: rule, outcome: outcome, isHasty: hasty)
    }

    static func call(_ rule: String, _ outcome: String, hasty: Bool = false) -> Self {
        Self(client: .gradio, task: .call, rule: rule, outcome: outcome, isHasty: hasty)
    }

    static let all = liteLLM + comfyUI + gradio

    /// The matrix, for people: a page of the documentation.
    static var page: String {
        var text = """
            # What the clients do

            Each client under each effect of Understudy's scenario language, as the contract tests try it: with three tries,
            five attempts to connect again, and, where something hangs, short deadlines.

            The answer, the picture and the output are those that come without any rule. A picture that is asked for twice is
            made once all the same: the server is asked first whether it has the job.

            | effect | client | task | rule | what comes of it |
            |---|---|---|---|---|

            """
        for word in EffectWord.allCases {
            for row in all where row.word == word.rawValue {
                text += "| `\(word.rawValue)` | \(row.client.rawValue) | \(row.task.rawValue) | `\(row.rule)` "
                text += "| \(row.outcome) |\n"
            }
        }
        return text
    }
}
