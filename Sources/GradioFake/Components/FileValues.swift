internal import Encodings
import JSONTree

/// Files on their way between client and function: what is a path here is an object there.
struct FileValues {
    let major: GradioMajor
    let root: String

    // MARK: From the client

    /// The path of a file that the client sent.
    func argument(
        _ value: JSON, for component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        if value.isNull { return value }
        if major == .three { return try oldArgument(value, for: component, files: &files) }
        if component.kind == "file" || component.kind == "uploadbutton", let list = value.array,
            component.properties["file_count"]?.string ?? "single" != "single"
        {
            var paths: [JSON] = []
            for one in list { paths.append(try path(one, component, files)) }
            return .array(paths)
        }
        let inner = component.kind == "video" && major <= .five ? value["video"] ?? value : value
        return try path(inner, component, files)
    }

    /// The pictures of a gallery: pairs of path and caption.
    func gallery(
        _ value: JSON, _ component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        guard let items = value.array else { return value }
        var pairs: [JSON] = []
        for item in items {
            let file = item["image"] ?? item["video"] ?? item
            pairs.append([try path(file, component, files), item["caption"] ?? .null])
        }
        return .array(pairs)
    }

    private func path(
        _ value: JSON, _ component: Component, _ files: FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        let isMarked = value["meta"]?["_type"]?.string == "gradio.FileData"
        guard let path = value["path"]?.string, isMarked || major == .four else {
            throw .failure(refusal(of: value, component))
        }
        guard let file = files[path], file.isServed else {
            throw .failure(
                .exception(
                    type: "InvalidPathError",
                    message:
                        "Cannot move \(path) to the gradio cache dir because it was not uploaded by a user."))
        }
        return .string(path)
    }

    /// What the real server's models say of an object that is no file.
    private func refusal(of value: JSON, _ component: Component) -> AppFailure {
        if component.kind == "image", value.object == nil {
            return .value(
                """
                1 validation error for ImageData
                  Input should be a valid dictionary or instance of ImageData [type=model_type, \
                input_value=\(value.pythonRepr), input_type=\(value.pythonType)]
                    For further information visit https://errors.pydantic.dev/2.14/v/model_type
                """)
        }
        return .value(
            """
            1 validation error for FileData
              Value error, The 'meta' field must be explicitly provided in the input data and be equal to \
            {'_type': 'gradio.FileData'}. [type=value_error, input_value=\(value.pythonRepr), \
            input_type=\(value.pythonType)]
                For further information visit https://errors.pydantic.dev/2.14/v/value_error
            """)
    }

    /// Version 3: a data URL in the object, or the path of an upload.
    private func oldArgument(
        _ value: JSON, for component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        if let list = value.array {
            if component.kind == "video" { return try oldArgument(list.first ?? .null, for: component, files: &files) }
            var paths: [JSON] = []
            for one in list { paths.append(try oldArgument(one, for: component, files: &files)) }
            return .array(paths)
        }
        let data = value.string ?? value["data"]?.string
        if let data, data.hasPrefix("data:"), let comma = data.firstIndex(of: ",") {
            guard let bytes = Base64.decode(data[data.index(after: comma)...]) else {
                throw .failure(.exception(type: "Error", message: "Incorrect padding"))
            }
            let given = value["name"]?.string.map { FileName.cleaned($0, major: major) } ?? "\(component.kind).bin"
            return .string(files.store(upload: bytes, name: given))
        }
        guard let path = value["name"]?.string, let file = files[path], file.isServed else {
            throw .failure(
                .value(
                    "Cannot process \(value["name"]?.pythonStr ?? value.pythonStr): it was not uploaded to this server")
            )
        }
        return .string(path)
    }

    // MARK: To the client

    /// The object of a file that a function returned.
    func result(
        _ value: JSON, of component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        if value.isNull { return value }
        let isFile = component.kind == "file" || component.kind == "downloadbutton" || component.kind == "uploadbutton"
        if isFile, let list = value.array {
            var objects: [JSON] = []
            for one in list { objects.append(try object(one, component, files: &files)) }
            return .array(objects)
        }
        let object = try object(value, component, files: &files)
        guard component.kind == "video" else { return object }
        switch major {
        case .six: return object
        case .three: return [object, nil]
        default: return ["video": object, "subtitles": nil]
        }
    }

    /// The pictures of a gallery.
    func galleryResult(
        _ value: JSON, of component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        guard let items = value.array else { return [] }
        var objects: [JSON] = []
        for item in items {
            let pair = item.array
            let file = try object(pair?.first ?? item, component, files: &files)
            let caption = pair.flatMap { $0.count > 1 ? $0[1] : nil } ?? .null
            switch (major, pair) {
            case (.three, .some): objects.append([file, caption])
            case (.three, nil): objects.append(file)
            default: objects.append(["image": file, "caption": caption])
            }
        }
        return .array(objects)
    }

    private func object(
        _ value: JSON, _ component: Component, files: inout FileStore
    ) throws(ComponentValues.InputFault) -> JSON {
        guard let path = value.string else { throw unfit(value, component) }
        guard let held = files[path] else { throw .failure(outside(path)) }
        guard let cached = files.cache(path, major: major) else { throw .failure(outside(path)) }
        let name = String(path.split(separator: "/").last ?? "file")
        let isGallery = component.kind == "gallery"
        // A file that cannot be made or read is told without its content and size; reading it says why.
        if major == .three {
            if component.kind == "image", let bytes = try? files.bytes(of: path) {
                let type = ContentType.guessed(name) ?? "image/png"
                return .string("data:\(type);base64," + Base64.encode(bytes))
            }
            return old(
                cached, name, component, size: component.kind == "file" ? (try? files.bytes(of: path))?.count : nil)
        }
        var size: JSON = .null
        if component.kind == "file", let bytes = try? files.bytes(of: path) { size = .int(bytes.count) }
        let type = isGallery && !held.isInMemory && major >= .five ? ContentType.guessed(name) : nil
        return [
            "path": .string(cached), "url": .string(url(of: cached)), "size": size,
            "orig_name": isGallery && held.isInMemory ? .null : .string(name),
            "mime_type": type.map { .string($0) } ?? .null, "is_stream": false,
            "meta": ["_type": "gradio.FileData"],
        ]
    }

    private func old(_ path: String, _ name: String, _ component: Component, size: Int?) -> JSON {
        switch component.kind {
        case "file":
            return [
                "orig_name": .string(name), "name": .string(path), "size": size.map { .int($0) } ?? .null,
                "data": nil, "is_file": true,
            ]
        case "gallery": return ["name": .string(path), "data": nil, "is_file": true]
        default: return ["name": .string(path), "data": nil, "is_file": true, "orig_name": .string(name)]
        }
    }

    /// Where the client finds a file: with the path encoded in 6 and as it is before.
    func url(of path: String) -> String {
        switch major {
        case .six: root + "/gradio_api/file=" + path.percentEncoded
        case .five: root + "/gradio_api/file=" + path
        default: root + "/file=" + path
        }
    }

    private func outside(_ path: String) -> AppFailure {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return .exception(
            type: "InvalidPathError",
            message: """
                Cannot move \(path) to the gradio cache dir because it was not created by the application or it is \
                not located in either the current working directory or your system's temp directory. To fix this \
                error, please ensure your function returns files located in either the current working directory \
                (/app), your system's temp directory (/tmp) or add /\(folder) to the allowed_paths parameter of \
                launch().
                """)
    }

    private func unfit(_ value: JSON, _ component: Component) -> ComponentValues.InputFault {
        switch component.kind {
        case "audio":
            .unprocessable(
                expected: "str | Path | bytes | tuple[int, np.ndarray] | None",
                original: "ValueError: Cannot process \(value.pythonRepr) as Audio")
        case "image":
            .unprocessable(
                expected: "np.ndarray | PIL.Image.Image | str | Path | None",
                original:
                    "ValueError: Cannot process this value as an Image, it is of type: <class '\(value.pythonType)'>")
        default:
            .unprocessable(
                expected: "str | list[str] | None",
                original: "TypeError: expected str, bytes or os.PathLike object, not \(value.pythonType)")
        }
    }
}

extension Component {
    /// Whether clients are told of the bytes of its file: their number, or in 3 a picture itself.
    func tellsBytes(in major: GradioMajor) -> Bool {
        kind == "file" || (kind == "image" && major == .three)
    }
}

extension String {
    /// Percent-encoded but for slashes and what needs none, as Python's `quote`.
    var percentEncoded: String {
        var text: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                text.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
