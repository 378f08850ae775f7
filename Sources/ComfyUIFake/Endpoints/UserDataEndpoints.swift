internal import Fakes
internal import JSONTree
internal import SocketServer

// The files that users keep (upstream's app/user_manager.py).
extension FakeComfyUI {
    func listUserData(_ call: Call) throws -> Answer {
        guard let asked = call.query["dir"], !asked.isEmpty else { return .text("Directory not provided", status: 400) }
        let user = try userFolder(call)
        guard let directory = inside(user, asked) else { return .text("Invalid directory", status: 403) }
        if server.files[.user, directory] != nil { return .json([]) }
        guard server.files.hasDirectory(directory, in: .user) else { return .text("Directory not found", status: 404) }
        let recurses = flag("recurse", call)
        let (full, splits) = (flag("full_info", call), flag("split", call))
        let paths = server.files.paths(in: .user).compactMap { path -> String? in
            guard path.hasPrefix(directory + "/") else { return nil }
            let relative = String(path.dropFirst(directory.count + 1))
            return recurses || !relative.contains("/") ? relative : nil
        }
        return .json(
            .array(
                paths.map { path in
                    if full { return info(of: "\(directory)/\(path)", as: path) }
                    if !splits { return .string(path) }
                    return .array(([path] + path.split(separator: "/").map(String.init)).map { .string($0) })
                }))
    }

    /// Everything below a path: directories first, then by name.
    func walkUserData(_ call: Call) throws -> Answer {
        let user = try userFolder(call)
        let asked = PercentCoding.decode(call.query["path"] ?? "")
        guard let directory = inside(user, asked) else { return .text("Invalid path requested", status: 400) }
        if server.files[.user, directory] != nil { return .text("Requested path is not a directory", status: 400) }
        guard server.files.hasDirectory(directory, in: .user) else {
            return directory == user ? .json([]) : .text("Requested path not found", status: 404)
        }
        var directories: Set<String> = []
        var files: [String] = []
        for path in server.files.paths(in: .user) where path.hasPrefix(directory + "/") {
            files.append(path)
            var parent = path.splitAtLastSlash.directory
            while parent.count > directory.count {
                directories.insert(parent)
                parent = parent.splitAtLastSlash.directory
            }
        }
        func below(_ path: String) -> String { String(path.dropFirst(user.count + 1)) }
        func byName(_ left: String, _ right: String) -> Bool {
            let (a, b) = (left.splitAtLastSlash.name.lowercased(), right.splitAtLastSlash.name.lowercased())
            return a != b ? a < b : left < right
        }
        let entries: [JSON] =
            directories.sorted(by: byName).map { path in
                ["name": .string(path.splitAtLastSlash.name), "path": .string(below(path)), "type": "directory"]
            }
            + files.sorted(by: byName).map { path in
                let file = server.files[.user, path]
                return [
                    "name": .string(path.splitAtLastSlash.name), "path": .string(below(path)), "type": "file",
                    "size": .int(file?.bytes.count ?? 0),
                    "modified": .double(Double((file?.modified ?? 0) / 100) / 1e7),
                ]
            }
        return .json(.array(entries))
    }

    func readUserData(_ call: Call) throws -> Answer {
        let path = try path(call, "file")
        guard let file = server.files[.user, path] else { return .empty(404) }
        return FileAnswer(file: file, type: MediaType.of(path)).answer(to: call.request)
    }

    func writeUserData(_ call: Call) async throws -> Answer {
        let path = try path(call, "file")
        if call.query["overwrite"] == "false", server.files[.user, path] != nil { return conflict }
        let bytes = try await call.text()
        server.keep(bytes, in: .user, as: path)
        return .json(try result(call, path))
    }

    func deleteUserData(_ call: Call) throws -> Answer {
        let path = try path(call, "file")
        guard server.files[.user, path] != nil else { return .empty(404) }
        server.files.remove(.user, path)
        return .empty(204)
    }

    func moveUserData(_ call: Call) throws -> Answer {
        let source = try path(call, "file")
        guard server.files[.user, source] != nil else { return .empty(404) }
        let target = try path(call, "dest")
        if call.query["overwrite"] == "false", server.files[.user, target] != nil { return conflict }
        server.files.move(.user, from: source, to: target, now: environment.now().nanoseconds)
        return .json(try result(call, target))
    }

    private var conflict: Answer { .text("File already exists", status: 409) }

    private func flag(_ name: String, _ call: Call) -> Bool { call.query[name]?.lowercased() == "true" }

    /// A path of the store below a user's folder; `nil` if it leads out of there.
    private func inside(_ user: String, _ asked: String) -> String? {
        guard let path = PercentCoding.decode(asked).normalisedInside else { return nil }
        return path.isEmpty ? user : "\(user)/\(path)"
    }

    /// The file that a parameter names; refused with 403 outside of the user's folder.
    private func path(_ call: Call, _ parameter: String) throws -> String {
        guard let path = inside(try userFolder(call), call[parameter]) else { throw Refusal(answer: .empty(403)) }
        return path
    }

    private func result(_ call: Call, _ path: String) throws -> JSON {
        let shown = String(path.dropFirst(try userFolder(call).count + 1))
        return flag("full_info", call) ? info(of: path, as: shown) : .string(shown)
    }

    private func info(of path: String, as shown: String) -> JSON {
        let file = server.files[.user, path]
        return [
            "path": .string(shown), "size": .int(file?.bytes.count ?? 0),
            "modified": .int((file?.modified ?? 0) / 1_000_000), "created": .int((file?.created ?? 0) / 1_000_000),
        ]
    }
}
