import Glibc
import Testing

@testable import Suite

@Suite struct StateFolderTests {
    @Test func `a folder that nobody took has no holder`() async throws {
        try await withTemporaryFolder { path in
            #expect(StateFolder(path: path + "/state").holder == nil)
        }
    }

    @Test func `the number of a dead or recycled process is not a running suite`() async throws {
        try await withTemporaryFolder { path in
            let state = StateFolder(path: path)
            try WholeFile.write("1\n", to: state.pidFile)  // alive, but surely not ours
            try WholeFile.write(ReadyLine(seed: 1, fakes: []).text, to: state.readyFile)

            #expect(state.holder == nil)
            #expect(state.waitUntilFree(patience: .seconds(1)))
        }
    }

    @Test func `a claim removes what a dead suite left, and leaves nothing but the log`() async throws {
        try await withTemporaryFolder { path in
            let state = StateFolder(path: path)
            try WholeFile.write("stale", to: state.readyFile)

            guard let claim = try state.claim() else {
                Issue.record("somebody else has a folder that was just made")
                return
            }
            #expect(WholeFile.text(state.readyFile) == nil)
            #expect(WholeFile.text(state.pidFile) == "\(getpid())\n")
            let record = SettingsRecord(try SuiteConfiguration(Settings()))
            try claim.announce(ReadyLine(seed: 1, fakes: []), of: record)
            #expect(WholeFile.text(state.settingsFile) == record.text + "\n")
            #expect(WholeFile.text(state.readyFile) == "{\"ready\":true,\"seed\":1,\"fakes\":[]}\n")
            claim.release()

            #expect(WholeFile.text(state.readyFile) == nil)
            #expect(WholeFile.text(state.settingsFile) == nil)
            #expect(WholeFile.text(state.pidFile) == "")
        }
    }

    @Test func `a folder that cannot be made is told with the reason`() {
        let error = #expect(throws: SuiteError.self) {
            _ = try StateFolder(path: "/proc/understudy").claim()
        }

        #expect(error?.code == .start)
        #expect(error?.message.hasPrefix("cannot make the folder /proc/understudy: ") == true)
    }

    @Test func `a file is replaced as a whole, and no draft stays behind`() async throws {
        try await withTemporaryFolder { path in
            try WholeFile.write("long and old", to: path + "/ports.json")
            try WholeFile.write("new", to: path + "/ports.json")

            #expect(WholeFile.text(path + "/ports.json") == "new")
            #expect(ProcessTable.names(in: path).filter { !$0.hasPrefix(".") } == ["ports.json"])
        }
    }

    @Test func `a file that cannot be written is told with the reason`() {
        let error = #expect(throws: SuiteError.self) { try WholeFile.write("x", to: "/nowhere/ports.json") }

        #expect(error?.message == "cannot write /nowhere/ports.json: No such file or directory")
    }
}
