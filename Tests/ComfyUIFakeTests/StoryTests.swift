import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// The story's own messages.
@Suite struct StoryTests {
    @Test func `the story's questions are answered to the asker`() async throws {
        try await withComfyUI { fake in
            let (asker, other) = (try await SocketClient(fake, "a"), try await SocketClient(fake, "b"))
            _ = (try await asker.next(), try await other.next())
            try await asker.send(["type": "system_stats"])
            let stats = try await asker.next()
            try await asker.send(["type": "execute", "workflow": ["prompt": "test workflow"]])
            let start = try await asker.next()

            guard case .other(let statistics) = stats, case .other(let started) = start else {
                throw Unexpected(description: "got \(String(describing: stats)), \(String(describing: start))")
            }
            #expect(statistics["type"] == "stats")
            #expect((statistics["vram_free"]?.int ?? 0) > 0)
            #expect(statistics["models"]?.array?.isEmpty == false)
            #expect(started["type"] == "execution_start")
            #expect(CanonicalUUID.isValid(started["job_id"]?.string ?? ""))
            #expect(try await other.next(within: .milliseconds(50)) == nil)
        }
    }

    @Test func `a workflow that is a prompt runs under its job's id`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "a")
            let workflow: JSON = ["1": Prompts.emptyImage, "9": Prompts.preview("1")]
            try await client.send(["type": "execute", "workflow": workflow])
            let messages = try await client.run()

            let job = messages.compactMap { message in
                if case .other(let value) = message { value["job_id"]?.string } else { nil }
            }.first
            #expect(job != nil)
            #expect(messages.last?.data["prompt_id"]?.string == job)
        }
    }

    @Test func `strict fakes ignore them, as the real server does`() async throws {
        try await withComfyUI({ $0.profile = .strict }) { fake in
            let client = try await SocketClient(fake, "a")
            _ = try await client.next()
            try await client.send(["type": "system_stats"])
            try await client.send(["type": "feature_flags", "data": [:]])
            try await client.send(text: "not json")

            // The first object used up the chance to announce flags.
            #expect(try await client.next(within: .milliseconds(100)) == nil)
        }
    }
}
