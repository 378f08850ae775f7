/// The server's files: input, output and temp, and those of the users. All in memory; no path of a client ever
/// reaches the machine's disk.
struct FileStore {
    /// One of the server's folders.
    enum Folder: String, Sendable, Hashable, CaseIterable {
        case input, output, temp
        /// What users keep: settings, workflows (`/userdata`).
        case user
    }

    struct File: Sendable {
        var bytes: [UInt8]
        /// When it was last written, in nanoseconds since 1970.
        var modified: Int
        /// When it got its content or name, likewise (`ctime`, which the real server calls creation).
        var created: Int
    }

    struct Place: Hashable, Sendable {
        let folder: Folder
        /// `sub/dir/name.png`; never with `..`, never with a slash at an end.
        let path: String
    }

    /// What a file costs beside its bytes, so that empty files cannot be written without end.
    static let overhead = 256

    /// The most bytes kept; the oldest files outside of `input` and `user` make room for new ones.
    let limit: Int
    private var files: [Place: File] = [:]
    /// Places in the order in which they were written.
    private var order: [Place] = []
    /// The highest counters of those prefixes that somebody asked for.
    private var counters: [Place: Int] = [:]
    private(set) var size = 0
    /// How many files had to make room for others.
    private(set) var dropped = 0

    init(limit: Int) { self.limit = limit }

    subscript(folder: Folder, path: String) -> File? { files[Place(folder: folder, path: path)] }

    /// Writes a file, over an older one of the same name if there is one.
    ///
    /// - Returns: false if it is larger than the whole store.
    @discardableResult
    mutating func write(_ bytes: [UInt8], to folder: Folder, _ path: String, now: Int) -> Bool {
        guard bytes.count + FileStore.overhead <= limit else { return false }
        let place = Place(folder: folder, path: path)
        remove(folder, path)
        makeRoom(for: bytes.count + FileStore.overhead)
        files[place] = File(bytes: bytes, modified: now, created: now)
        order.append(place)
        size += bytes.count + FileStore.overhead
        count(place)
        return true
    }

    mutating func remove(_ folder: Folder, _ path: String) {
        let place = Place(folder: folder, path: path)
        guard let file = files.removeValue(forKey: place) else { return }
        // Mostly it is one of the oldest.
        if let index = order.firstIndex(of: place) { order.remove(at: index) }
        size -= file.bytes.count + FileStore.overhead
    }

    /// Gives a file another name.
    mutating func move(_ folder: Folder, from old: String, to new: String, now: Int) {
        guard old != new, var file = files[Place(folder: folder, path: old)] else { return }
        remove(folder, old)
        remove(folder, new)
        file.created = now
        files[Place(folder: folder, path: new)] = file
        order.append(Place(folder: folder, path: new))
        size += file.bytes.count + FileStore.overhead
    }

    /// All paths of a folder, sorted.
    func paths(in folder: Folder) -> [String] {
        files.keys.filter { $0.folder == folder }.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Names directly in a directory of a folder (`""` is the folder itself), sorted.
    func names(in folder: Folder, directory: String = "") -> [String] {
        paths(in: folder).compactMap { path in
            let (parent, name) = path.splitAtLastSlash
            return parent == directory ? name : nil
        }
    }

    /// Whether a directory exists: directories are where files are.
    func hasDirectory(_ directory: String, in folder: Folder) -> Bool {
        directory.isEmpty
            ? files.keys.contains { $0.folder == folder }
            : files.keys.contains { $0.folder == folder && $0.path.hasPrefix(directory + "/") }
    }

    private mutating func makeRoom(for count: Int) {
        while size + count > limit {
            let victim = order.first { $0.folder == .output || $0.folder == .temp } ?? order.first
            guard let victim else { return }
            remove(victim.folder, victim.path)
            dropped += 1
        }
    }
}

// Counters in names: `ComfyUI_00007_.png`.
extension FileStore {
    /// The most prefixes whose counters are remembered.
    private static let mostCounters = 1000

    /// The highest counter among the files of a prefix, 0 if it has none. A file that had to go still counts: its name is
    /// not given to another picture.
    ///
    /// - Parameter prefix: with the directory: `a/b/ComfyUI`.
    mutating func highestCounter(of prefix: String, in folder: Folder) -> Int {
        let place = Place(folder: folder, path: prefix)
        if let known = counters[place] { return known }
        if counters.count >= FileStore.mostCounters { counters = [:] }
        let (directory, stem) = prefix.splitAtLastSlash
        var highest = 0
        for file in files.keys where file.folder == folder && file.path.hasPrefix(prefix) {
            let (parent, name) = file.path.splitAtLastSlash
            guard parent == directory else { continue }
            highest = max(highest, SaveName.counter(in: name, after: stem) ?? 0)
        }
        counters[place] = highest
        return highest
    }

    /// A file was written: it may raise the counter of a prefix, whatever that prefix is.
    private mutating func count(_ place: Place) {
        if counters.isEmpty { return }
        let (directory, name) = place.path.splitAtLastSlash
        for end in name.utf8.indices where name.utf8[end] == UInt8(ascii: "_") {
            let stem = String(name[..<end])
            let prefix = Place(folder: place.folder, path: directory.isEmpty ? stem : "\(directory)/\(stem)")
            guard let known = counters[prefix], let counter = SaveName.counter(in: name, after: stem) else { continue }
            counters[prefix] = max(known, counter)
        }
    }
}

extension String {
    /// `a/b/name` → (`a/b`, `name`).
    var splitAtLastSlash: (directory: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }

    /// `stem.tar.gz` → (`stem.tar`, `.gz`), as Python's `os.path.splitext`: a leading dot begins no extension.
    var splitExtension: (stem: String, ending: String) {
        let (directory, name) = splitAtLastSlash
        let dots = name.prefix { $0 == "." }.count
        guard let dot = name.lastIndex(of: "."), name.distance(from: name.startIndex, to: dot) >= max(1, dots) else {
            return (self, "")
        }
        return ((directory.isEmpty ? "" : directory + "/") + name[..<dot], String(name[dot...]))
    }

    /// The path without `.` and `..`, as `os.path.normpath` makes it; `nil` if it leads out of its folder or is
    /// absolute.
    var normalisedInside: String? {
        if hasPrefix("/") { return nil }
        var parts: [Substring] = []
        for part in split(separator: "/") where part != "." {
            if part == ".." {
                if parts.popLast() == nil { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
