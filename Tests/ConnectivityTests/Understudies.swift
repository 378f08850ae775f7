import ComfyUIFake
import Fakes
import GradioFake
import Journal
import LiteLLMFake
import Scenarios
import SocketServer

/// A fake to test a client with, which a test can give rules of the scenario language.
struct Understudy: Sendable {
    let fake: RunningFake
    let company: Company

    var url: String { fake.url }
    var journal: SharedJournal { company.journal }

    /// Adds rules, each on one line: `litellm POST /v1/chat/completions: drop reset, once`.
    func play(_ lines: String...) async throws {
        var rules: [Rule] = []
        for line in lines {
            rules.append(
                try ScenarioReader(vocabulary: try await company.vocabulary)
                    .rule(line: line, taken: Set(rules.map(\.name))))
        }
        await company.add(rules)
    }

    /// As if the process had been started again: connections end, and nothing is remembered.
    func restart() async { await fake.reset() }

    /// Ends all rules.
    func behave() async { await company.apply(nil) }

    /// How many requests with this method and path have been begun.
    func requests(_ method: String, _ path: String) -> Int {
        journal.read { log in
            log.entries().count { entry in
                guard case .exchange(let exchange) = entry.event else { return false }
                return exchange.method == method && exchange.path == path
            }
        }
    }

    static func with<Result>(
        _ id: String, tls: TLSIdentity? = nil, _ make: @escaping @Sendable (FakeEnvironment) throws -> some Fake,
        _ body: (Understudy) async throws -> Result
    ) async throws -> Result {
        let loop = try EventLoop(name: id)
        let company = Company(seed: 7)
        let environment = FakeEnvironment(id: id, loop: loop, speed: 20)
        let fake: RunningFake
        do {
            fake = try await RunningFake(
                try make(environment), tls: tls,
                staging: Staging(journal: company.journal, remake: { try make(environment) }))
        } catch {
            await loop.stop()
            throw error
        }
        await company.join(fake)
        do {
            let result = try await body(Understudy(fake: fake, company: company))
            await fake.stop(grace: .milliseconds(50))
            await loop.stop()
            return result
        } catch {
            await fake.stop(grace: .milliseconds(50))
            await loop.stop()
            throw error
        }
    }

    static func liteLLM<Result>(_ body: (Understudy) async throws -> Result) async throws -> Result {
        try await with("litellm", { FakeLiteLLM(environment: $0) }, body)
    }

    static func comfyUI<Result>(_ body: (Understudy) async throws -> Result) async throws -> Result {
        try await with("comfyui", { try FakeComfyUI(environment: $0) }, body)
    }

    static func gradio<Result>(
        _ app: String = "echo", major: GradioMajor = .six, _ body: (Understudy) async throws -> Result
    ) async throws -> Result {
        let definition = try AppDefinition.bundled(app, major: major)
        return try await with(
            app, { FakeGradio($0, configuration: GradioConfiguration(app: definition)) }, body)
    }
}

extension Understudy {
    /// Waits until some rule has done something.
    func effect(_ wanted: Int = 1) async {
        await entry { log in
            log.filter { if case .effect = $0.event { true } else { false } }.count >= wanted
        }
    }

    /// Waits until something was said on a stream or a WebSocket.
    func message() async {
        await entry { log in
            for entry in log { if case .message = entry.event { return true } }
            return false
        }
    }

    /// Waits until so many requests with this method and path are in the journal: those that have been answered, and
    /// streams that have ended.
    func request(_ method: String, _ path: String, _ wanted: Int) async {
        await entry { log in
            log.count { entry in
                guard case .exchange(let exchange) = entry.event else { return false }
                return exchange.method == method && exchange.path == path
            } >= wanted
        }
    }

    /// Waits until a connection has ended.
    func leaving(_ connection: UInt64) async {
        await entry { log in
            for entry in log where entry.connection == connection {
                if case .closed = entry.event { return true }
            }
            return false
        }
    }

    /// The connections that became WebSockets.
    var sockets: [UInt64] {
        journal.read { log in
            log.entries().compactMap { if case .opened = $0.event { $0.connection } else { nil } }
        }
    }

    /// Waits until the journal is as wanted.
    func entry(_ isEnough: ([JournalEntry]) -> Bool) async {
        while !Task.isCancelled {
            let (entries, last) = journal.read { log in
                let entries = log.entries()
                return (entries, log.nextNumber - 1)
            }
            if isEnough(entries) { return }
            await journal.waitForEntry(after: last)
        }
    }
}
