internal import Fakes
internal import JSONTree
internal import Media
internal import SocketServer

// GET /view (`view_image` in upstream's server.py).
extension FakeComfyUI {
    func view(_ call: Call) async throws -> Answer {
        guard let asked = call.query["filename"] else { return .empty(404) }
        // Files by the hash of their content are another feature's; none is known here.
        if asked.hasPrefix("blake3:") { return .empty(404) }
        let name = AnnotatedName(asked)
        if name.name.isEmpty || name.name.hasPrefix("/") || name.name.contains("..") { return .empty(400) }
        let place = name.folder?.rawValue ?? call.query["type"] ?? "output"
        guard let folder = FileStore.Folder(rawValue: place), folder != .user else { return .empty(400) }
        var path = name.name.splitAtLastSlash.name
        if let subfolder = call.query["subfolder"], !subfolder.isEmpty {
            guard let inside = subfolder.normalisedInside else { return .empty(403) }
            if !inside.isEmpty { path = "\(inside)/\(path)" }
        }
        guard let file = server.files[folder, path] else { return .empty(404) }
        let shownName = path.splitAtLastSlash.name
        let fields: HeaderFields = ["Content-Disposition": "filename=\"\(shownName)\""]
        if let preview = call.query["preview"] {
            return try await recoded(
                file.bytes, ViewCoding(preview: preview, channel: call.query["channel"] ?? ""), fields)
        }
        if let channel = call.query["channel"], let coding = ViewCoding(channel: channel) {
            return try await recoded(file.bytes, coding, fields)
        }
        let type = safeType(of: shownName)
        var typed = fields
        typed.append("Content-Type", type)
        return FileAnswer(file: file, type: type, fields: typed).answer(to: call.request)
    }

    /// What a browser might run is served as bytes.
    private func safeType(of name: String) -> String {
        let type = MediaType.of(name)
        let runnable: Set = [
            "text/html", "text/html-sandboxed", "application/xhtml+xml", "text/javascript", "text/css",
            "application/javascript",
        ]
        return runnable.contains(type) ? MediaType.unknown : type
    }

    private func recoded(_ bytes: [UInt8], _ coding: ViewCoding, _ fields: HeaderFields) async throws -> Answer {
        let coded = await environment.aside { coding.apply(to: bytes) }
        guard let coded else { throw ServerTrouble() }
        var answer = Answer(fields: fields, body: .bytes(coded))
        answer.fields.append("Content-Type", coding.type)
        return answer
    }
}

/// Another form in which `/view` is asked to send a picture.
struct ViewCoding: Sendable, Equatable {
    enum Form: Equatable {
        case webp(quality: Int)
        case jpeg(quality: Int)
        /// PNG without alpha.
        case colours
        /// PNG of the alpha alone, on black.
        case alpha
    }

    let form: Form
    /// Alpha is dropped before coding.
    private var dropsAlpha = false

    /// `preview=webp;90`: an unknown format, or a channel with alpha in it, is sent as WebP.
    init(preview: String, channel: String) {
        let parts = preview.split(separator: ";", omittingEmptySubsequences: false)
        let quality = parts.last.flatMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }.map { min(max($0, 0), 100) } ?? 90
        let isJPEG = parts.first == "jpeg" && !channel.contains("a")
        form = isJPEG ? .jpeg(quality: quality) : .webp(quality: quality)
        dropsAlpha = channel == "rgb"
    }

    /// `channel=rgb` or `channel=a`; `nil` for what sends the file as it is.
    init?(channel: String) {
        switch channel {
        case "rgb": form = .colours
        case "a": form = .alpha
        default: return nil
        }
    }

    var type: String {
        switch form {
        case .webp: "image/webp"
        case .jpeg: "image/jpeg"
        case .colours, .alpha: "image/png"
        }
    }

    /// The picture in this form; `nil` if the file is none.
    func apply(to file: [UInt8]) -> [UInt8]? {
        // Neither what is no picture nor one too large for its form has an answer but `nil`.
        guard var picture = try? ImageFile.decode(file) else { return nil }
        if dropsAlpha { picture = picture.opaque }
        return switch form {
        case .webp(let quality): try? WebP.encode(picture, quality: quality)
        case .jpeg(let quality): JPEG.encode(picture, quality: max(1, quality))
        case .colours: PNG.encode(picture.opaque)
        case .alpha: PNG.encode(picture.alphaOnly, alpha: true)
        }
    }
}
