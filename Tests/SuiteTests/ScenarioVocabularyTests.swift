import JSONTree
import Scenarios
import Testing

@testable import Suite

/// The library in the words of the fakes that play it.
@Suite struct ScenarioVocabularyTests {
    @Test func `every scenario of the library is one that the suite can play, and reads back as itself`() async throws {
        let vocabulary = try await Cast().vocabulary(apps: [])

        for entry in ScenarioLibrary.all {
            let scenario = try ScenarioReader(vocabulary: vocabulary, file: entry.name).scenario(entry.text)
            let again = try ScenarioReader(vocabulary: vocabulary).scenario(scenario.json.text())

            #expect(scenario.name == entry.name)
            #expect(again.json == scenario.json)
        }
    }

    @Test(arguments: [
        ("comfyui POST /promt: drop reset", "unknown path of comfyui \"/promt\": did you mean \"/prompt\"?"),
        (
            "litellm POST /v1/chat/complitions: error rate_limit",
            "unknown path of litellm \"/v1/chat/complitions\": did you mean \"/v1/chat/completions\"?"
        ),
        ("gradio sends progres: skip", "unknown message that gradio sends \"progres\": did you mean \"progress\"?"),
        ("comfyui POST /prompt: error rate_limit", nil),
    ])
    func `a rule that can never act is refused with one complaint`(line: String, complaint: String?) async throws {
        let vocabulary = try await Cast().vocabulary(apps: [])

        let problems = #expect(throws: ScenarioProblems.self) {
            _ = try ScenarioReader(vocabulary: vocabulary).rule(line: line)
        }

        #expect(problems?.problems.count == 1)
        if let complaint { #expect(problems?.problems.first?.message == complaint) }
    }
}
