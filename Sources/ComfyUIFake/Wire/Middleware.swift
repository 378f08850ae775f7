internal import SocketServer

/// What is added to every answer on its way out, unless it was raised past it.
enum Middleware {
    private static let imageEndings = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"]

    /// Cache fields by the path's ending (`middleware/cache_middleware.py` upstream).
    static func addCacheFields(to answer: inout Answer, path: String) {
        // Nothing without a full stop near its end has an ending: most paths are an API's, and pass here at once.
        guard path.utf8.suffix(5).contains(UInt8(ascii: ".")), !answer.isRaised,
            !answer.fields.contains("cache-control")
        else { return }
        let path = path.lowercased()
        let name = path.splitAtLastSlash.name
        if path.hasSuffix(".js") || path.hasSuffix(".css") || name.hasPrefix("index") && name.hasSuffix(".json") {
            answer.fields.append("Cache-Control", "no-store")
            return
        }
        guard imageEndings.contains(where: path.hasSuffix) else { return }
        switch answer.status {
        case 404: answer.fields.append("Cache-Control", "public, max-age=3600")
        case 200...206, 301, 308: answer.fields.append("Cache-Control", "public, max-age=86400")
        case 302, 303, 307: answer.fields.append("Cache-Control", "no-cache")
        default: break
        }
    }

    /// The fields of `--enable-cors-header`.
    static func addCrossOriginFields(to answer: inout Answer, origin: String) {
        if answer.isRaised { return }
        answer.fields.append("Access-Control-Allow-Origin", origin)
        answer.fields.append("Access-Control-Allow-Methods", "POST, GET, DELETE, PUT, OPTIONS, PATCH")
        answer.fields.append("Access-Control-Allow-Headers", "Content-Type, Authorization")
        answer.fields.append("Access-Control-Allow-Credentials", "true")
    }
}
