/// Media types by the ending of a name, as Python's `mimetypes` has them.
enum ContentType {
    private static let types: [String: String] = [
        "txt": "text/plain", "html": "text/html", "htm": "text/html", "css": "text/css", "csv": "text/csv",
        "md": "text/markdown", "py": "text/x-python", "js": "application/javascript", "json": "application/json",
        "xml": "application/xml", "pdf": "application/pdf", "zip": "application/zip",
        "bin": "application/octet-stream", "wasm": "application/wasm", "svg": "image/svg+xml", "png": "image/png",
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
        "tiff": "image/tiff", "tif": "image/tiff", "ico": "image/vnd.microsoft.icon", "wav": "audio/x-wav",
        "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4",
        "aac": "audio/aac", "weba": "audio/webm", "3gp": "audio/3gpp", "mp4": "video/mp4", "mpeg": "video/mpeg",
        "webm": "video/webm", "mov": "video/quicktime", "mkv": "video/x-matroska", "avi": "video/x-msvideo",
        "glb": "model/gltf-binary", "obj": "model/obj", "m3u8": "application/vnd.apple.mpegurl",
    ]

    /// What 4 and 5 show in the page and do not offer as a download. A `.wav` is none of them: its guessed type has
    /// another spelling.
    private static let inlineUntilFive: Set = [
        "image/jpeg", "image/png", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "video/mp4", "video/webm",
        "text/plain", "application/json",
    ]

    /// What 6 shows besides.
    private static let inlineInSix: Set = [
        "audio/flac", "audio/mp4", "audio/aac", "audio/webm", "video/quicktime", "video/x-matroska", "video/x-msvideo",
        "video/mpeg",
    ]

    /// The type of a name; nil for an unknown ending.
    static func guessed(_ name: String) -> String? { types[FileName.split(name).ending.lowercased()] }

    /// The type with which a file is served, and whether the page may show it.
    static func served(_ name: String, major: GradioMajor) -> (type: String, isInline: Bool) {
        var type = guessed(name)
        if major == .three { return (withCharset(type ?? "text/plain"), true) }
        if major == .six, type == "audio/x-wav" { type = "audio/wav" }
        guard let type,
            inlineUntilFive.contains(type)
                || major == .six && (inlineInSix.contains(type) || type == "audio/wav")
        else { return ("application/octet-stream", false) }
        return (withCharset(type), true)
    }

    /// The type of a file of the web interface: what pages load has to have the right one.
    static func ofStatic(_ name: String) -> String {
        switch FileName.split(name).ending.lowercased() {
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "woff2": "font/woff2"
        case "woff": "font/woff"
        case "ttf": "font/ttf"
        default: withCharset(guessed(name) ?? "text/plain")
        }
    }

    private static func withCharset(_ type: String) -> String {
        type.hasPrefix("text/") ? type + "; charset=utf-8" : type
    }
}
