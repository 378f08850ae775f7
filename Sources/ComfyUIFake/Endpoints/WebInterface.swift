internal import Fakes
internal import Glibc
internal import Media
internal import SocketServer

/// The web interface: the files of `comfyui-frontend-package`, which the real server finds installed beside it; and those
/// of `comfyui-workflow-templates` and `comfyui-embedded-docs`, if they are there, too.
struct WebInterface: Sendable {
    /// The folder that holds `index.html`.
    private let root: String
    /// Where what lies below a path is looked for, in other packages.
    private let others: [(path: String, folders: [String])]
    /// Scripts of the folder `extensions`, all of which a page loads: `/extensions/core/nodeTemplates.js`.
    let extensions: [String]

    /// - Parameter folder: its files, the package they lie in, or where that is installed: a folder `site-packages`, or a
    ///   virtual environment.
    /// - Throws: `WebInterfaceError` where there is no `index.html` in any of these.
    init(folder: String) throws(WebInterfaceError) {
        let package = "comfyui_frontend_package/static"
        let installed = DiskFile.names(in: folder + "/lib").map { "lib/\($0)/site-packages/\(package)" }
        let places = [".", "static", package] + installed
        guard let place = places.first(where: { DiskFile.isFile("\(folder)/\($0)/index.html") }) else {
            throw WebInterfaceError(folder: folder)
        }
        root = place == "." ? folder : "\(folder)/\(place)"
        extensions = WebInterface.scripts(below: "/extensions", of: root)
        let site = root + "/../.."
        let templates = DiskFile.names(in: site).filter { $0.hasPrefix("comfyui_workflow_templates") }.sorted()
        others = [
            ("templates/", templates.map { "\(site)/\($0)/templates" }),
            ("docs/", ["\(site)/comfyui_embedded_docs/docs"]),
        ]
    }

    /// The file at a path, or the answer for a missing one. Files are read as they are asked for: there are 100 MB of them.
    func answer(_ path: String, _ request: Request, _ environment: FakeEnvironment) async -> Answer {
        let asked = path == "/" ? "/index.html" : PercentCoding.decode(path)
        guard let inside = String(asked.dropFirst()).normalisedInside, !inside.isEmpty else {
            return .missingFile(request.version)
        }
        let places = places(of: inside)
        let file = await environment.aside { () -> FileStore.File? in
            places.isEmpty ? WebInterface.template(inside) : places.lazy.compactMap { DiskFile.read($0) }.first
        }
        guard let file else { return .missingFile(request.version) }
        let fields = path == "/" ? StaticFiles.neverKept : [:]
        return FileAnswer(file: file, type: MediaType.of(inside), fields: fields).answer(to: request)
    }

    private func places(of path: String) -> [String] {
        guard let other = others.first(where: { path.hasPrefix($0.path) }) else { return ["\(root)/\(path)"] }
        return other.folders.map { "\($0)/\(path.dropFirst(other.path.count))" }
    }

    /// A template of our own, where the package is missing: a first visit opens the list of them.
    private static func template(_ path: String) -> FileStore.File? {
        let name = path.splitAtLastSlash.name
        var bytes = Blueprints.template(name)
        if name.hasSuffix("-1.webp"), Blueprints.template(String(name.dropLast(7)) + ".json") != nil {
            // One of this size has no fault.
            bytes = try? WebP.encode(
                Picture.make(seed: 7, prompt: "a lighthouse", width: 384, height: 384), quality: 90)
        }
        return bytes.map { FileStore.File(bytes: $0, modified: StaticFiles.made, created: StaticFiles.made) }
    }

    private static func scripts(below path: String, of root: String) -> [String] {
        DiskFile.names(in: root + path).sorted().flatMap { name in
            let place = "\(path)/\(name)"
            if DiskFile.isFile(root + place) { return name.hasSuffix(".js") ? [place] : [] }
            return scripts(below: place, of: root)
        }
    }
}

/// There is no web interface where one was said to be.
public struct WebInterfaceError: Error, CustomStringConvertible {
    let folder: String

    /// Where it was looked for, and where it comes from.
    public var description: String {
        "no web interface in \(folder): expected an index.html, or an installed comfyui-frontend-package (PyPI)"
    }
}
