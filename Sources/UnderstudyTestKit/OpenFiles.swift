internal import Glibc

/// What this process holds, by the system's own word.
public enum OpenFiles {
    /// How many descriptors are open.
    public static func count() -> Int {
        // The listing itself holds one.
        names(in: "/proc/self/fd").count - 1
    }

    /// The names of all threads.
    public static func threadNames() -> [String] {
        names(in: "/proc/self/task").map { task in
            let descriptor = unsafe open("/proc/self/task/\(task)/comm", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return "" }
            defer { close(descriptor) }
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = unsafe read(descriptor, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)).filter { $0 != 0x0A }, as: UTF8.self)
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var result: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { result.append(name) }
        }
        return result
    }
}
