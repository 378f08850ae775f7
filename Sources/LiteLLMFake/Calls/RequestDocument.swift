internal import JSONTree
internal import SocketServer

/// A request's body as the proxy reads it: a JSON object whatever the content type says, or form fields.
enum RequestDocument {
    /// One part of a form.
    struct Part: Sendable {
        var name: String
        var filename: String?
        var bytes: [UInt8]

        var text: String { String(utf8: bytes) }
    }

    /// Reads a body. An empty one, one that is not UTF-8 and one with too many levels are empty objects.
    static func read(_ body: [UInt8], contentType: String?) throws(ProxyError) -> JSONObject {
        guard !body.isEmpty else { return [:] }
        if let contentType {
            if contentType.hasPrefix("application/x-www-form-urlencoded") {
                return form(QueryItems(String(utf8: body)).map { ($0.name, $0.value) })
            }
            if contentType.hasPrefix("multipart/form-data") {
                return form(parts(body, contentType).filter { $0.filename == nil }.map { ($0.name, $0.text) })
            }
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: body, options: .liteLLM)
        } catch {
            // Python fails on both before its parser has a word to say.
            if error.reason == .invalidUTF8 || error.reason == .tooDeep { return [:] }
            throw ProxyError(400, "Invalid JSON payload: \(error.orjsonMessage)", param: "request_body")
        }
        guard case .object(let object) = value else {
            throw ProxyError(400, "Invalid JSON payload: expected an object", param: "request_body")
        }
        return object
    }

    /// Reads a body for a route whose parameters are a model of FastAPI's: that parses JSON before the proxy does, and
    /// asks for a body.
    static func model(_ body: [UInt8], contentType: String?) throws(ProxyError) -> JSONObject {
        guard !body.isEmpty else {
            throw .detail(422, [["type": "missing", "loc": ["body"], "msg": "Field required"]])
        }
        if contentType?.hasPrefix("application/json") ?? true {
            do throws(JSONError) {
                _ = try JSON(parsing: body, options: .liteLLM)
            } catch  where error.reason != .invalidUTF8 && error.reason != .tooDeep {
                throw .detail(
                    422,
                    [
                        [
                            "type": "json_invalid", "loc": ["body", .int(error.python.position.offset)],
                            "msg": "JSON decode error",
                        ]
                    ])
            } catch {}
        }
        return try read(body, contentType: contentType)
    }

    private static func form(_ fields: [(String, String)]) -> JSONObject {
        var object = JSONObject()
        for (name, value) in fields { object[name] = .string(value) }
        return object
    }

    /// The parts of a multipart body; none when it is broken.
    static func parts(_ body: [UInt8], _ contentType: String?) -> [Part] {
        // Which fault it is makes no difference: a broken body has no parts.
        guard var parser = try? MultipartParser(contentType: contentType), let events = try? parser.feed(body) else {
            return []
        }
        var parts: [Part] = []
        for event in events {
            switch event {
            case .part(let head): parts.append(Part(name: head.name, filename: head.filename, bytes: []))
            case .content(let bytes): parts[parts.count - 1].bytes.append(contentsOf: bytes)
            case .partEnd, .end: break
            }
        }
        return parts
    }
}

/// A request's body once it has been read: the greater part of a chat's work that asks for nothing of the fake's.
struct PreparedDocument: Sendable {
    let result: Result<JSONObject, ProxyError>

    init(_ request: Request, _ body: [UInt8]) {
        result = Result { () throws(ProxyError) in
            try RequestDocument.read(body, contentType: request.headers["content-type"])
        }
    }
}

extension JSONObject {
    /// The member as text, if it is text.
    func text(_ key: String) -> String? { self[key]?.string }

    /// Whether the member is `true`; nothing else counts.
    func isTrue(_ key: String) -> Bool { self[key]?.bool == true }

    /// The member as a number of seconds, given as a number or as text.
    func seconds(_ key: String) -> Double? {
        (self[key]?.double ?? self[key]?.string.flatMap { Double($0) }).flatMap { $0.isFinite ? $0.withinDay : nil }
    }
}
