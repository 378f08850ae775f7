import Glibc
import Testing
import UnderstudyTestKit

@testable import Suite

/// The executables as a shell meets them.
@Suite struct CommandLineTests {
    @Test func `a suite goes to the background, is found there, and is taken down again`() async throws {
        try await withTemporaryFolder { folder in
            let up = try await understudy("up", "-d", "--only", "comfyui", "--ports", "random", in: folder)
            #expect(up.status == 0)
            #expect(up.errors == "")
            let line = try #require(ReadyLine(text: up.output))
            #expect(line.fakes.map(\.id) == ["comfyui"])
            for address in line.fakes[0].urls { try AddressCheck(url: address).run() }

            let again = try await understudy("up", "--only", "rvc", in: folder)
            #expect(again.status == 0)
            #expect(again.output == up.output)
            #expect(
                again.errors.hasPrefix(
                    "warning: Understudy is already up here (pid \(try #require(holder(in: folder)).pid)), "
                        + "and what was asked for now is not applied:\n  fakes: comfyui=0 (asked for: rvc=7865)\n"))

            let same = try await understudy(
                "up", "-dv", "--only", "comfyui", "--ports", "random", "--ports-file", "ports.json", in: folder)
            #expect(same.output == up.output)
            #expect(same.errors.contains("verbose: false (asked for: true)"))
            #expect(WholeFile.text(folder + "/ports.json") == up.output)

            let status = try await understudy("status", "--check", in: folder)
            #expect(status.status == 0)
            #expect(status.output.contains(line.fakes[0].url))

            let down = try await understudy("down", in: folder)
            #expect(down.status == 0)
            #expect(down.output.hasSuffix("is down.\n"))
            for address in line.fakes[0].urls {
                #expect(throws: SuiteError.self) { try AddressCheck(url: address).run() }
            }
            #expect(try await understudy("status", in: folder).status == 1)
            #expect(try await understudy("down", in: folder).output == "Nothing is up here.\n")
        }
    }

    @Test func `a suite that was killed leaves nothing in the way of the next one`() async throws {
        try await withTemporaryFolder { folder in
            _ = try await understudy("up", "--detach", "--only", "comfyui", "--ports", "random", in: folder)
            let killed = try #require(holder(in: folder))
            kill(killed.pid, SIGKILL)
            #expect(StateFolder(path: folder + "/.understudy").waitUntilFree(patience: .seconds(5)))

            #expect(try await understudy("status", in: folder).output == "Nothing is up here.\n")
            let next = try await understudy("up", "--detach", "--only", "comfyui", "--ports", "random", in: folder)
            #expect(next.status == 0)
            #expect(try await understudy("down", in: folder).status == 0)
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
    func `a signal ends the suite, and the exit status tells which`(signal: Int32, status: Int32)
        async throws
    {
        try await withTemporaryFolder { folder in
            let suite = try ChildProcess(
                "understudy", ["up", "--only", "comfyui", "--ports", "random", "--ports-file", "ports.json"], in: folder
            )
            _ = try await suite.file("ports.json")

            kill(suite.pid, signal)
            let outcome = await suite.outcome()

            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(StateFolder(path: folder + "/.understudy").holder == nil)
        }
    }

    @Test func `the ready line on standard output is the one in the file, and all listen by then`() async throws {
        try await withTemporaryFolder { folder in
            let fake = try ChildProcess("fake-comfyui", ["--port", "0,0", "--ports-file", "ports.json"], in: folder)
            let text = try await fake.file("ports.json")

            let line = try #require(ReadyLine(text: text))
            #expect(line.fakes[0].also.count == 1)
            for address in line.fakes[0].urls { try AddressCheck(url: address).run() }
            kill(fake.pid, SIGTERM)
            let outcome = await fake.outcome()
            #expect(outcome.output == text)
            #expect(outcome.status == 143)
        }
    }

    @Test func `a busy port is exit status 3 with who holds it, in the background as in the foreground`() async throws {
        let (descriptor, port) = try listeningSocket()
        defer { close(descriptor) }
        try await withTemporaryFolder { folder in
            for way in [["--detach"], []] {
                let up = try await understudy(
                    ["up", "--only", "comfyui", "--port", "comfyui=\(port)"] + way, in: folder)

                #expect(up.status == 3)
                #expect(up.errors.contains("port \(port), which comfyui wants, is held by process \(getpid())"))
                #expect(up.output == "")
                #expect(try await understudy("status", in: folder).status == 1)
            }
        }
    }

    @Test func `an executable of one fake gives advice that fits it`() async throws {
        let (descriptor, port) = try listeningSocket()
        defer { close(descriptor) }
        try await withTemporaryFolder { folder in
            let fake = try await ChildProcess.run("fake-comfyui", ["--port", "\(port)"], in: folder)

            #expect(fake.status == 3)
            #expect(fake.errors.hasSuffix("or choose another port: --port \(port + 1), or --port 0 for a free one\n"))
        }
    }

    @Test func `settings come from the file beside and from the environment`() async throws {
        try await withTemporaryFolder { folder in
            try WholeFile.write("only: [comfyui]\nseed: 5\nspeed: 2x\n", to: folder + "/understudy.yaml")

            let up = try await ChildProcess.run(
                "understudy", ["up", "--detach"], in: folder,
                environment: ["UNDERSTUDY_SEED": "6", "UNDERSTUDY_PORTS": "random"])

            #expect(up.errors == "")
            let line = try #require(ReadyLine(text: up.output))
            #expect(line.seed == 6)
            #expect(line.fakes.map(\.id) == ["comfyui"])
            #expect(try await understudy("down", in: folder).status == 0)
        }
    }

    @Test func `a wrong settings file is exit status 2, with its place`() async throws {
        try await withTemporaryFolder { folder in
            try WholeFile.write("only: [litelm]\nsede: 5\n", to: folder + "/understudy.yaml")

            let up = try await understudy("up", in: folder)

            #expect(up.status == 2)
            #expect(up.errors == "error: understudy.yaml:2:1: unknown word \"sede\": did you mean \"seed\"?\n")
        }
    }

    @Test func `the log of a suite in the background is there to read`() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await understudy("logs", in: folder).status == 1)
            _ = try await understudy("up", "--detach", "--only", "comfyui", "--ports", "random", in: folder)

            #expect(try await understudy("logs", in: folder).status == 0)

            #expect(try await understudy("down", in: folder).status == 0)
        }
    }

    @Test func `a suite that is detached and verbose with one word goes to the background once`() async throws {
        try await withTemporaryFolder { folder in
            let up = try await understudy("up", "-dv", "--only", "comfyui", "--ports", "random", in: folder)
            let line = try #require(ReadyLine(text: up.output))

            _ = try await RawSocket.get(line.fakes[0].url + "/queue")

            #expect(try await understudy("logs", in: folder).output.contains("comfyui GET /queue 200"))
            #expect(try await understudy("down", in: folder).status == 0)
        }
    }

    @Test func `whoever follows the log reads on when it becomes another file`() async throws {
        try await withTemporaryFolder { folder in
            let state = StateFolder(path: folder)
            let descriptor = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
            defer { close(descriptor) }
            let output = LogOutput(to: [descriptor])
            try output.turn(to: state.logFile, old: state.oldLogFile, limit: 20)
            output.write("one\n")
            let follower = try ChildProcess(
                "understudy", ["logs", "--follow", "--state", "."], in: folder, atMost: 60)
            _ = try await follower.output { $0 == "one\n" }

            for word in ["longer than twenty bytes", "three", "again more than twenty", "five"] {
                output.write(word + "\n")
                _ = try await follower.output { $0.hasSuffix(word + "\n") }
            }

            kill(follower.pid, SIGTERM)
            #expect(
                await follower.outcome().output
                    == "one\nlonger than twenty bytes\nthree\nagain more than twenty\nfive\n")
        }
    }

    @Test(arguments: [
        ["up", "--sede", "7"], ["up", "--only", "comfyiu"], ["up", "--speed", "fast"], ["upp"], ["up", "--ports", "x"],
        ["up", "--port", "litellm=18472,18472"], ["up", "--port", "litellm=18472", "--port", "litellm=18473"],
        ["up", "--\u{1B}[31m"], ["up", "--seed", "\u{1B}[31m"],
    ])
    func `a wrong command line is exit status 2, with a word on standard error`(arguments: [String]) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await understudy(arguments, in: folder)

            #expect(outcome.status == 2)
            #expect(!outcome.errors.isEmpty)
            #expect(!outcome.errors.contains("\u{1B}"))
            #expect(outcome.output == "")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions are there for each shell`(shell: String) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await understudy("--generate-completion-script", shell, in: folder)

            #expect(outcome.status == 0)
            #expect(outcome.output.contains("ports-file"))
        }
    }

    private func holder(in folder: String) -> StateFolder.Holder? {
        StateFolder(path: folder + "/.understudy").holder
    }

    private func understudy(_ arguments: String..., in folder: String) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run("understudy", arguments, in: folder)
    }

    private func understudy(_ arguments: [String], in folder: String) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run("understudy", arguments, in: folder)
    }
}
