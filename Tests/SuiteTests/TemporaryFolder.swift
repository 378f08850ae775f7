import Glibc
import Testing

@testable import Suite

/// A folder of the test's own, removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/understudy-tests-XXXXXX".utf8CString)
    let path = try #require(
        unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe mkdtemp(buffer.baseAddress!).map { unsafe String(cString: $0) }
        })
    defer { removeTree(path) }
    return try await body(path)
}

private func removeTree(_ path: String) {
    for name in ProcessTable.names(in: path) where name != "." && name != ".." {
        if unsafe unlink(path + "/" + name) != 0 { removeTree(path + "/" + name) }
    }
    unsafe rmdir(path)
}
