internal import Glibc

/// The system's own word on who listens where.
public enum ListeningSockets {
    /// The addresses on which this machine listens at a port, from /proc/net/tcp and tcp6: `127.0.0.1`, `0.0.0.0`,
    /// `::` and so on.
    public static func addresses(ofPort port: UInt16) -> [String] {
        table("/proc/net/tcp", port, isIPv6: false) + table("/proc/net/tcp6", port, isIPv6: true)
    }

    private static func table(_ path: String, _ port: UInt16, isIPv6: Bool) -> [String] {
        contents(path).split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            // Local address and port in hexadecimal; state 0A is LISTEN.
            guard columns.count > 3, columns[3] == "0A" else { return nil }
            let parts = columns[1].split(separator: ":")
            guard parts.count == 2, UInt16(parts[1], radix: 16) == port else { return nil }
            if isIPv6 { return parts[0].allSatisfy { $0 == "0" } ? "::" : String(parts[0]) }
            guard let word = UInt32(parts[0], radix: 16) else { return nil }
            return (0..<4).map { String(word >> (8 * $0) & 0xFF) }.joined(separator: ".")
        }
    }

    private static func contents(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: buffer[..<count])
        }
    }
}
