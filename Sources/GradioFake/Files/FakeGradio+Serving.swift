internal import Encodings
import Fakes
import JSONTree
import Media
import SocketServer

extension FakeGradio {
    /// `GET /file=…` and `/file/…`: a file of the fake's own store. Nothing else exists for it.
    func file(_ path: String, _ request: Request) async -> Reply {
        guard let file = files[path], file.isServed else {
            if path.hasPrefix("http://") || path.hasPrefix("https://") {
                // 6 refuses addresses of no public host, as all are for a fake that asks nobody.
                if app.major == .four || app.major == .five { return .redirect(302, to: path) }
                if app.major == .three { return .detail(404, .string("File not found: \(path).")) }
            }
            return .detail(403, .string("File not allowed: \(path)."))
        }
        let bytes: [UInt8]
        switch file.content {
        case .bytes(let held): bytes = held
        case .recipe(let recipe):
            // What cannot be made is the server's error.
            guard let made = await environment.aside({ try? recipe.bytes() }) else { return internalError }
            bytes = made
            files.fill(path, with: made)
        }
        return answer(with: bytes, of: file, path, request)
    }

    /// A file as the version serves it, whole or in part.
    private func answer(with bytes: [UInt8], of file: FileStore.File, _ path: String, _ request: Request) -> Reply {
        let name = String(path.split(separator: "/").last ?? "file")
        let (type, isInline) = ContentType.served(name, major: app.major)
        switch ServedPart(request.headers["range"], size: bytes.count) {
        case .closed(let range): return echoing(bytes[range], of: bytes.count, range, type, isInline, request)
        case .unsatisfiable:
            var reply = Reply.detail(416, "Requested Range Not Satisfiable")
            reply.headers.append("content-range", "bytes */\(bytes.count)")
            return reply
        case .open(let range):
            var reply = whole(Array(bytes[range]), name, type, isInline, file)
            reply.status = 206
            reply.headers.append(
                "content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)")
            return reply
        case .whole: return whole(bytes, name, type, isInline, file)
        }
    }

    private func whole(
        _ bytes: [UInt8], _ name: String, _ type: String, _ isInline: Bool, _ file: FileStore.File
    ) -> Reply {
        var fields: HeaderFields = ["accept-ranges": "bytes", "content-type": type]
        if app.major > .three { fields.append("content-disposition", disposition(name, isInline)) }
        fields.append("content-length", "\(bytes.count)")
        fields.append("last-modified", WallTime(seconds: file.modified).httpDate)
        fields.append("etag", "\"\(SHA256.hex(Array("\(file.modified) \(name)".utf8)).prefix(32))\"")
        return Reply(headers: fields, body: .bytes(bytes))
    }

    /// A range with both ends: the real server builds this answer upon the request's own headers.
    private func echoing(
        _ part: ArraySlice<UInt8>, of size: Int, _ range: ClosedRange<Int>, _ type: String, _ isInline: Bool,
        _ request: Request
    ) -> Reply {
        var fields: HeaderFields = [:]
        // Those that frame a message would break this one.
        let framing: Set = [
            "connection", "content-length", "transfer-encoding", "content-type", "content-range", "upgrade",
        ]
        for field in request.headers where !framing.contains(field.name.lowercased()) {
            fields.append(field.name.lowercased(), field.value)
        }
        fields.append("content-disposition", isInline ? "inline" : "attachment")
        fields.append("content-type", type)
        fields.append("content-range", "bytes \(range.lowerBound)-\(range.upperBound)/\(size)")
        fields.append("content-length", "\(part.count)")
        return Reply(status: 206, headers: fields, body: .bytes(Array(part)))
    }

    private func disposition(_ name: String, _ isInline: Bool) -> String {
        let encoded = name.percentEncoded
        let kind = isInline ? "inline" : "attachment"
        return encoded == name ? "\(kind); filename=\"\(name)\"" : "\(kind); filename*=utf-8''\(encoded)"
    }

    /// Makes the files that a value names and that are only recipes yet, beside the loop: whoever looks into them now
    /// would make them on it.
    func realize(_ value: JSON) async {
        switch value {
        case .string(let path):
            guard case .recipe(let recipe) = files[path]?.content,
                let made = await environment.aside({ try? recipe.bytes() })  // a failure is told when it is read
            else { return }
            files.fill(path, with: made)
        case .array(let values): for value in values { await realize(value) }
        case .object(let object): for (_, value) in object { await realize(value) }
        default: return
        }
    }
}
