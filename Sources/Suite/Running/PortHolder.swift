internal import Glibc
internal import Words

/// Who listens on a port that we would have liked: found in `/proc/net/tcp*` by the socket, then among the open files
/// of all processes.
public struct PortHolder: Sendable, Equatable {
    /// The process, or nil where its open files are not ours to see.
    public let pid: Int32?
    /// Its command line, as typed, or nil where it is not ours to see.
    public let command: String?
    /// The folder in which it runs.
    public let folder: String?
    /// The user to whom the socket belongs.
    public let userID: UInt32

    /// The process that listens on `port`, at any address; nil if nobody does.
    public static func holding(port: Int) -> PortHolder? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(WholeFile.text)
        guard let socket = tables.lazy.flatMap({ ListeningSocket.all(in: $0) }).first(where: { $0.port == port }) else {
            return nil
        }
        guard let pid = ProcessTable.owner(ofSocket: socket.inode) else {
            return PortHolder(pid: nil, command: nil, folder: nil, userID: socket.userID)
        }
        return PortHolder(
            pid: pid, command: ProcessTable.command(of: pid), folder: ProcessTable.folder(of: pid),
            userID: socket.userID)
    }

    /// Who holds the port, and what to do about it.
    ///
    /// - Parameter wayOut: what else can be done than to end the holder.
    func complaint(port: Int, wantedBy fake: String, wayOut: String) -> String {
        let place = folder.map { " in \($0)" } ?? ""
        let trouble = "port \(port), which \(fake) wants, is held by"
        switch (pid, command) {
        case (let pid?, let command?):
            if let folder, command.contains("understudy up") {
                return "\(trouble) another suite\(place) (process \(pid))\n"
                    + "End it (cd \(Self.shellWord(folder)) && understudy down), or \(wayOut)"
            }
            return "\(trouble) process \(pid)\(place): \(Self.line(of: command))\nEnd it (kill \(pid)), or \(wayOut)"
        case (let pid?, nil):
            return "\(trouble) process \(pid)\nEnd it (kill \(pid)), or \(wayOut)"
        default:
            return "\(trouble) a process of another user (uid \(userID))\nHave it ended, or \(wayOut)"
        }
    }

    /// A command line may hold a whole program: one line of it tells which it is.
    private static func line(of command: String) -> String {
        let length = 120
        let line = command.prefix(length + 1).printable
        return line.count > length ? line.prefix(length) + "…" : line
    }

    /// A path as a shell takes it for one word.
    private static func shellWord(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "+")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "="):
                true  // From "+" to ":" stand comma, hyphen, dot, slash and the digits.
            default: false
            }
        }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}

/// One line of `/proc/net/tcp` that says LISTEN.
struct ListeningSocket: Equatable {
    let port: Int
    let userID: UInt32
    let inode: UInt64

    /// The listening sockets of such a table; the layout is that of the kernel's `proc_net_tcp.rst`.
    static func all(in table: String) -> [ListeningSocket] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let port = fields[1].split(separator: ":").last,
                let number = Int(port, radix: 16), let user = UInt32(fields[7]), let inode = UInt64(fields[9])
            else { return nil }
            return ListeningSocket(port: number, userID: user, inode: inode)
        }
    }
}

/// What `/proc` tells of running processes.
enum ProcessTable {
    /// The process that has the socket open.
    static func owner(ofSocket inode: UInt64) -> Int32? {
        let link = "socket:[\(inode)]"
        for pid in names(in: "/proc").lazy.compactMap({ Int32($0) }) {
            let folder = "/proc/\(pid)/fd"
            if names(in: folder).contains(where: { target(of: "\(folder)/\($0)") == link }) { return pid }
        }
        return nil
    }

    /// The command line, words separated by spaces.
    static func command(of pid: Int32) -> String? {
        let words = WholeFile.read("/proc/\(pid)/cmdline")?.split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
        return words.flatMap { $0.isEmpty ? nil : $0.joined(separator: " ") }
    }

    /// The folder in which it runs.
    static func folder(of pid: Int32) -> String? {
        target(of: "/proc/\(pid)/cwd")
    }

    /// The names in a folder; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            // d_name is a C array, imported as a tuple: its address is the text.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    /// Where a symbolic link points.
    static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBufferPointer { unsafe readlink(link, $0.baseAddress!, $0.count) }
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
