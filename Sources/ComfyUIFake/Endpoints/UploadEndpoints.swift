internal import Fakes
internal import JSONTree
internal import Media
internal import SocketServer

// POST /upload/image and /upload/mask (`image_upload` in upstream's server.py).
extension FakeComfyUI {
    func uploadImage(_ call: Call) async throws -> Answer {
        try await store(try await UploadForm(call)) { _, upload in upload }
    }

    /// Stores an image with the alpha of an uploaded one: masks are drawn that way.
    func uploadMask(_ call: Call) async throws -> Answer {
        try await store(try await UploadForm(call)) { form, upload in try await masked(form, upload) }
    }

    /// - Parameter content: what is written; `nil` writes nothing, and still answers as if.
    private func store(
        _ form: UploadForm, content: (UploadForm, [UInt8]) async throws -> [UInt8]?
    ) async throws -> Answer {
        guard let folder = FileStore.Folder(rawValue: form.text("type") ?? "input"), folder != .user else {
            throw ServerTrouble()
        }
        guard let image = form.image else { return .empty(400) }
        guard let filename = image.filename else {
            // A plain text field has no file to read from; an empty one is as none.
            if image.bytes.isEmpty { return .empty(400) }
            throw ServerTrouble()
        }
        let subfolder = form.text("subfolder") ?? ""
        guard !filename.isEmpty, !filename.hasPrefix("/"), let directory = subfolder.normalisedInside,
            (directory.isEmpty ? filename : "\(directory)/\(filename)").normalisedInside != nil
        else { return .empty(400) }
        func path(_ name: String) -> String {
            (directory.isEmpty ? name : "\(directory)/\(name)").normalisedInside ?? name
        }
        let overwrites = form.text("overwrite") == "true" || form.text("overwrite") == "1"
        func choose() -> UploadName.Choice {
            UploadName.choose(filename, for: image.bytes, overwrite: overwrites) {
                server.files[folder, path($0)]?.bytes
            }
        }
        var written: [UInt8]?
        if case .write = choose() { written = try await content(form, image.bytes) }
        let name: String
        // Chosen anew: while the content was made, somebody else may have taken the name.
        switch choose() {
        case .keep(let kept): name = kept
        case .write(let chosen):
            name = chosen
            if let written {
                server.keep(written, in: folder, as: path(chosen))
            }
        }
        return .json(["name": .string(name), "subfolder": .string(subfolder), "type": .string(folder.rawValue)])
    }

    private func masked(_ form: UploadForm, _ upload: [UInt8]) async throws -> [UInt8]? {
        guard let text = form.text("original_ref"),
            let reference = JSON.found(in: text, options: .python)?.object,
            let original = reference["filename"]?.string
        else { throw ServerTrouble() }
        let name = AnnotatedName(original)
        if name.name.isEmpty || name.name.hasPrefix("/") || name.name.contains("..") { return nil }
        guard let folder = name.folder ?? FileStore.Folder(rawValue: reference["type"]?.string ?? "output"),
            folder != .user, let directory = (reference["subfolder"]?.string ?? "").normalisedInside,
            let file = server.files[
                folder, (directory.isEmpty ? "" : directory + "/") + name.name.splitAtLastSlash.name]
        else { return nil }
        let made = await environment.aside { () -> [UInt8]? in
            // Either fault is the same trouble of the server.
            guard let picture = try? ImageFile.decode(file.bytes), let mask = try? ImageFile.decode(upload),
                picture.width == mask.width, picture.height == mask.height
            else { return nil }
            // A picture whose texts are broken, or that is no PNG, has none to keep.
            let texts = ((try? PNG.textChunks(of: file.bytes)) ?? []).map { ($0.keyword, $0.text) }
            return PNG.encode(picture.withAlpha(of: mask), text: texts, alpha: true, compression: 4)
        }
        guard let made else { throw ServerTrouble() }
        return made
    }
}

/// The fields of an upload.
private struct UploadForm {
    private var parts: [String: MultipartPart] = [:]
    private var fields: [String: String] = [:]

    /// Reads the body. Anything but a form has no fields.
    init(_ call: Call) async throws {
        let type = call.request.headers["content-type"]?.lowercased() ?? ""
        if type.hasPrefix("multipart/") {
            for part in try await call.exchange.multipart() where parts[part.name] == nil { parts[part.name] = part }
        } else if type.hasPrefix("application/x-www-form-urlencoded") {
            for item in QueryItems(String(decoding: try await call.text(), as: UTF8.self))
            where fields[item.name] == nil {
                fields[item.name] = item.value
            }
        } else {
            _ = try await call.text()
        }
    }

    var image: (filename: String?, bytes: [UInt8])? {
        if let part = parts["image"] { return (part.filename, part.bytes) }
        return fields["image"].map { (nil, Array($0.utf8)) }
    }

    func text(_ name: String) -> String? { parts[name]?.text ?? fields[name] }
}

extension Bitmap {
    fileprivate func withAlpha(of other: Bitmap) -> Bitmap {
        var pixels = pixels
        for place in stride(from: 3, to: pixels.count, by: 4) { pixels[place] = other.pixels[place] }
        return Bitmap(width: width, height: height, pixels: pixels)
    }
}
