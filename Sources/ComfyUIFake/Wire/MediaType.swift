/// The media type that a file's name suggests (Python's `mimetypes`, which aiohttp and ComfyUI ask).
enum MediaType {
    static let unknown = "application/octet-stream"

    static func of(_ name: String) -> String {
        let ending = name.splitExtension.ending.dropFirst().lowercased()
        return byEnding[ending] ?? unknown
    }

    private static let byEnding: [String: String] = [
        "aac": "audio/aac", "aif": "audio/x-aiff", "aiff": "audio/x-aiff", "avi": "video/x-msvideo",
        "avif": "image/avif", "bin": unknown, "bmp": "image/bmp", "css": "text/css", "csv": "text/csv",
        "flac": "audio/flac", "gif": "image/gif", "glb": "model/gltf-binary", "gltf": "model/gltf+json",
        "heic": "image/heic", "htm": "text/html", "html": "text/html", "ico": "image/vnd.microsoft.icon",
        "jpe": "image/jpeg", "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "application/javascript",
        "json": "application/json", "m4a": "audio/mp4", "m4v": "video/mp4", "md": "text/markdown",
        "mjs": "application/javascript", "mkv": "video/x-matroska", "mov": "video/quicktime", "mp3": "audio/mpeg",
        "mp4": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "oga": "audio/ogg", "ogg": "audio/ogg",
        "ogv": "video/ogg", "opus": "audio/ogg", "pbm": "image/x-portable-bitmap", "pdf": "application/pdf",
        "pgm": "image/x-portable-graymap", "png": "image/png", "pnm": "image/x-portable-anymap",
        "ppm": "image/x-portable-pixmap", "svg": "image/svg+xml", "tif": "image/tiff", "tiff": "image/tiff",
        "txt": "text/plain", "wasm": "application/wasm", "wav": "audio/x-wav", "webm": "video/webm",
        "webp": "image/webp", "xhtml": "application/xhtml+xml", "xml": "text/xml", "zip": "application/zip",
    ]
}
