internal import Encodings
import JSONTree
import Media

/// The files of a fake Gradio: uploads, and what functions made. All in memory; a path only looks like one.
struct FileStore: Sendable {
    /// What a path stands for.
    struct File: Sendable {
        var content: Content
        /// When it was stored, in seconds since 1970.
        var modified: Double
        /// Whether a client may fetch it: uploads and copies in the cache, not what a function just wrote.
        var isServed: Bool
        /// Whether the function returned it as a value in memory (samples, a picture) and not as a path.
        var isInMemory = false
    }

    /// The bytes, or how to make them.
    enum Content: Sendable, Hashable {
        case bytes([UInt8])
        case recipe(MediaRecipe)
    }

    /// How the name of a file's folder comes about.
    enum FolderStyle: Sendable {
        /// SHA-256 over a secret of the installation and the content (5 and 6).
        case seeded(String)
        /// SHA-256 over the content (4).
        case sha256
        /// SHA-1 over the content (3).
        case sha1
    }

    /// The folder of uploads and cached outputs: what the real server takes from `GRADIO_TEMP_DIR`.
    static let root = "/app/gradio"

    private(set) var files: [String: File] = [:]
    /// Bytes held in memory.
    private(set) var size = 0
    /// How many bytes are held at most; the oldest go first.
    let limit: Int
    private let style: FolderStyle
    private var order: [String] = []
    private var made = 0
    /// The time of day, set before work is done.
    var now = 0.0

    init(style: FolderStyle, limit: Int = 256 << 20) {
        self.style = style
        self.limit = limit
    }

    /// The file at a path.
    subscript(path: String) -> File? { files[path] }

    /// Stores an upload. The same content under the same name gets the same path.
    mutating func store(upload bytes: [UInt8], name: String) -> String {
        keep(File(content: .bytes(bytes), modified: now, isServed: true), in: folder(of: .bytes(bytes)), name: name)
    }

    /// Stores what a function wrote into a folder of its own.
    mutating func write(_ content: Content, name: String) -> String {
        made += 1
        let folder = "/tmp/tmp" + SHA256.hex(Array("\(made)".utf8)).prefix(8)
        return keep(File(content: quickened(content), modified: now, isServed: false), in: folder, name: name)
    }

    /// Holds a value that never was a file: samples or a picture. Its path is known to functions only.
    mutating func hold(_ content: Content, name: String) -> String {
        made += 1
        let file = File(content: quickened(content), modified: now, isServed: false, isInMemory: true)
        return keep(file, in: "memory:\(made)", name: name)
    }

    /// Copies a file into the cache, from where clients may fetch it; nil if there is none.
    mutating func cache(_ path: String, major: GradioMajor) -> String? {
        guard let file = files[path] else { return nil }
        if file.isServed { return path }
        var copy = file
        copy.isServed = true
        copy.modified = now
        let name = FileName.cleaned(String(path.split(separator: "/").last ?? "file"), major: major)
        return keep(copy, in: folder(of: file.content), name: name)
    }

    /// The bytes of a file that was stored with its content or has been read before.
    func bytes(of path: String) throws(AppFailure) -> [UInt8] {
        switch files[path]?.content {
        case .bytes(let bytes): return bytes
        case .recipe(let recipe):
            do { return try recipe.bytes() } catch { throw .exception(type: "RuntimeError", message: error.message) }
        case nil:
            throw .exception(
                type: "FileNotFoundError", message: "[Errno 2] No such file or directory: \(path.pythonRepr)")
        }
    }

    /// Keeps the bytes that a recipe gave.
    mutating func fill(_ path: String, with bytes: [UInt8]) {
        guard case .recipe = files[path]?.content else { return }
        files[path]?.content = .bytes(bytes)
        size += bytes.count
        makeRoom()
    }

    /// Whether there is a folder of this name.
    func hasFolder(_ path: String) -> Bool {
        path == Self.root || files.keys.contains { $0.hasPrefix(path.last == "/" ? path : path + "/") }
    }

    private func quickened(_ content: Content) -> Content {
        guard case .recipe(let recipe) = content, recipe.isQuick, let bytes = try? recipe.bytes() else {
            return content  // a recipe that fails says so when it is read
        }
        return .bytes(bytes)
    }

    private func folder(of content: Content) -> String {
        let bytes: [UInt8] =
            switch content {
            case .bytes(let bytes): bytes
            case .recipe(let recipe): Array("\(recipe)".utf8)
            }
        let hash =
            switch style {
            case .seeded(let secret): SHA256.hex(Array(secret.utf8) + bytes)
            case .sha256: SHA256.hex(bytes)
            case .sha1: SHA1.hex(bytes)
            }
        return Self.root + "/" + hash
    }

    private mutating func keep(_ file: File, in folder: String, name: String) -> String {
        let path = folder + "/" + name
        if let old = files[path] {
            size -= old.count
            files[path] = file
        } else {
            files[path] = file
            order.append(path)
        }
        size += file.count
        makeRoom()
        return path
    }

    private mutating func makeRoom() {
        var surplus = 0
        while size > limit, surplus < order.count - 1 {
            size -= files.removeValue(forKey: order[surplus])?.count ?? 0
            surplus += 1
        }
        order.removeFirst(surplus)
    }
}

extension FileStore.File {
    /// Bytes in memory; those shared with a copy in the cache count twice.
    fileprivate var count: Int {
        if case .bytes(let bytes) = content { bytes.count } else { 64 }
    }
}
