import Fakes
import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

/// The queue's worker, seen from its own thread.
@Suite struct WorkerTests {
    @Test func `a prompt that comes just when the worker lies down is run`() async throws {
        let loop = try EventLoop(name: "worker")
        let fake = try FakeComfyUI(environment: FakeEnvironment(id: "comfyui", loop: loop))
        // By way of the protocol, as the one who starts it: the actor's own is none that waits.
        await (fake as any Fake).didStart(at: [])

        try await Task(executorPreference: loop) {
            try await fake.queueOneAfterTheOther(count: 50)
        }.value

        await (fake as any Fake).willStop()
        await loop.stop()
    }

    @Test func `a worker that lies down just when the fake stops ends`() async throws {
        for _ in 0..<50 {
            let loop = try EventLoop(name: "worker")
            let fake = try FakeComfyUI(environment: FakeEnvironment(id: "comfyui", loop: loop))
            await (fake as any Fake).didStart(at: [])

            try await Task(executorPreference: loop) {
                try await fake.queueOneAfterTheOther(count: 1)
                await (fake as any Fake).willStop()
            }.value

            await loop.stop()
        }
    }
}

extension FakeComfyUI {
    /// Queues each prompt in the very moment when the one before has gone, and returns in that moment after the last.
    fileprivate func queueOneAfterTheOther(count: Int) async throws {
        let prompt: JSONObject = ["1": ["class_type": "PreviewAny", "inputs": ["source": "x"]]]
        guard case .accepted(let checked, let outputs, _) = try validate(prompt) else {
            throw Unexpected(description: "the prompt is not valid")
        }
        for number in 0..<count {
            enqueue(
                QueueItem(
                    number: server.queue.nextNumber(front: false), id: "\(number)", prompt: checked, extraData: [:],
                    outputs: outputs))
            let end = ContinuousClock.now + .seconds(5)
            while server.queue.remaining > 0 {
                guard ContinuousClock.now < end else { throw Unexpected(description: "prompt \(number) is not run") }
                // Back in line, behind whatever is ready.
                await Task(executorPreference: environment.loop) {}.value
            }
        }
    }
}
