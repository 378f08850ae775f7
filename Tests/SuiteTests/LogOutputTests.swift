import Glibc
import Testing

@testable import Suite

@Suite struct LogOutputTests {
    @Test func `a log that became too long goes on in a new file, and one old file is kept`() async throws {
        try await withTemporaryFolder { folder in
            let (log, old) = (folder + "/log", folder + "/log.old")
            try WholeFile.write("of an earlier suite", to: log)
            try WholeFile.write("of an earlier suite", to: old)
            let (output, descriptor) = make()
            defer { close(descriptor) }

            try output.turn(to: log, old: old, limit: 30)
            #expect(WholeFile.text(old) == nil)
            for number in 0..<8 { output.write("line \(number), ten\n") }

            #expect(WholeFile.text(log) == "line 6, ten\nline 7, ten\n")
            #expect(WholeFile.text(old) == "line 3, ten\nline 4, ten\nline 5, ten\n")
        }
    }

    @Test func `a log whose folder is gone takes no more of the disk either`() async throws {
        let (output, descriptor) = make()
        defer { close(descriptor) }
        try await withTemporaryFolder { folder in
            try output.turn(to: folder + "/log", old: folder + "/log.old", limit: 30)
        }

        for number in 0..<7 { output.write("line \(number), ten\n") }

        var status = stat()
        try #require(unsafe fstat(descriptor, &status) == 0)
        #expect(status.st_size == 12)
    }

    @Test func `a log that cannot be written is told with the reason`() {
        let (output, descriptor) = make()
        defer { close(descriptor) }

        let error = #expect(throws: SuiteError.self) { try output.turn(to: "/nowhere/log", old: "/nowhere/old") }

        #expect(error?.message == "cannot write /nowhere/log: No such file or directory")
    }

    /// Output to an open file of its own, in the place of standard error.
    private func make() -> (LogOutput, descriptor: Int32) {
        let descriptor = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        return (LogOutput(to: [descriptor]), descriptor)
    }
}
