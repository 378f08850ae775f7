internal import Glibc
internal import Terminal

/// Files that are read and written in one go: a reader never sees half of one.
public enum WholeFile {
    /// The bytes of a file, or nil where there is none that this process may read.
    public static func read(_ path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor: descriptor)
    }

    /// All that comes from an open file or pipe until its end.
    static func read(descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }

    /// The text of a file, or nil where there is none that this process may read.
    public static func text(_ path: String) -> String? {
        read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a file under another name beside it, then renames it into place.
    public static func write(_ text: String, to path: String) throws(SuiteError) {
        let draft = "\(path).\(getpid()).part"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SuiteError(.start, "cannot write \(path): \(lastSystemError())") }
        let written = write(text, to: descriptor)
        close(descriptor)
        guard written, unsafe rename(draft, path) == 0 else {
            let reason = lastSystemError()
            unsafe unlink(draft)
            throw SuiteError(.start, "cannot write \(path): \(reason)")
        }
    }

    /// Adds text at the end of a file, which is made if there is none.
    static func append(_ text: String, to path: String) throws(SuiteError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SuiteError(.start, "cannot write \(path): \(lastSystemError())") }
        defer { close(descriptor) }
        write(text, to: descriptor)
    }

    /// Writes all of a text to an open file or pipe; false when the other end is gone or the disk is full.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        put(text, on: descriptor)
    }
}

/// What the system says about the call that just failed: "Permission denied".
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
