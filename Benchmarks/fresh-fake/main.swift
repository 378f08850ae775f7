// How long a fresh fake takes: made, listening, first asked. Prints one JSON object a line, medians in milliseconds.
// A fresh fake for each test is the way to isolate tests, so it must cost next to nothing.
import ComfyUIFake
import Fakes
import GradioFake
import LiteLLMFake
import SocketServer

/// Makes a fake of one kind in an environment.
typealias Making = @Sendable (FakeEnvironment) throws -> any Fake

let kinds: [(name: String, make: Making)] = [
    ("comfyui", { try FakeComfyUI(environment: $0) }),
    ("litellm", { FakeLiteLLM(environment: $0) }),
    ("gradio", { FakeGradio($0, configuration: GradioConfiguration(app: try AppDefinition.bundled("wan2gp"))) }),
]

/// The median time until a fake listens; what ends it again is not counted.
func median(of times: Int, _ start: () async throws -> (took: Duration, end: @Sendable () async -> Void)) async throws
    -> Double
{
    var durations: [Duration] = []
    for _ in 0..<times {
        let (took, end) = try await start()
        durations.append(took)
        await end()
    }
    return durations.sorted()[times / 2] / .milliseconds(1)
}

func report(_ kind: String, _ place: String, _ milliseconds: Double) {
    print(#"{"kind":"\#(kind)","where":"\#(place)","milliseconds":\#(milliseconds)}"#)
}

let clock = ContinuousClock()
for (name, make) in kinds {
    let living = try EventLoop(name: "living")
    let onLiving = try await median(of: 101) {
        let begin = clock.now
        let fake = try await RunningFake(make(FakeEnvironment(id: name, loop: living)))
        return (begin.duration(to: clock.now), { await fake.stop(grace: .zero) })
    }
    await living.stop()
    report(name, "on a living loop", onLiving)

    let onOwn = try await median(of: 31) {
        let begin = clock.now
        let loop = try EventLoop(name: "own")
        let fake = try await RunningFake(make(FakeEnvironment(id: name, loop: loop)))
        return (
            begin.duration(to: clock.now),
            {
                await fake.stop(grace: .zero)
                await loop.stop()
            }
        )
    }
    report(name, "on a loop of its own", onOwn)
}
