internal import Glibc

/// A file read whole, without Foundation.
enum TextFile {
    /// - Throws: ``ConfigurationError`` that names the file.
    static func read(_ path: String) throws(ConfigurationError) -> String {
        guard let file = unsafe fopen(path, "rb") else {
            throw ConfigurationError("cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(utf8: bytes)
    }

    /// `name` as seen from the folder in which `path` lies.
    static func sibling(_ name: String, of path: String) -> String {
        guard !name.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }

    /// A value of a real proxy's configuration that may stand for a variable: `os.environ/NAME`.
    static func resolved(_ value: String) -> String? {
        guard value.hasPrefix("os.environ/") else { return value }
        guard let found = unsafe getenv(String(value.dropFirst("os.environ/".count))) else { return nil }
        return unsafe String(cString: found)
    }
}
