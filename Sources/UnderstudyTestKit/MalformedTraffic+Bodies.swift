internal import Fakes
public import JSONTree
internal import Scenarios

// Requests whose HTTP is right and whose content is not.
extension MalformedTraffic {
    /// A request that a server knows, with a proper body to be spoilt.
    public struct Proper: Sendable {
        public var path: String
        public var body: JSON

        public init(_ path: String, _ body: JSON) {
            self.path = path
            self.body = body
        }
    }

    /// A proper body with members that are missing, surplus or of another type; now and then its text is broken, or
    /// the content type is not its own.
    mutating func misshapen(_ proper: Proper) -> [UInt8] {
        var body = proper.body
        for _ in 0...below(3) { body = spoilt(body) }
        var text = body.bytes()
        switch below(8) {
        case 0: text.removeLast(min(text.count, below(4) + 1))
        case 1: text.insert(UInt8(below(256)), at: below(text.count + 1))
        case 2: text += Array([",", "}", "\0", " null", "\u{FEFF}", "//"][below(6)].utf8)
        default: break
        }
        let types = [
            "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded",
            "application/problem+json",
            "multipart/form-data; boundary=b", "multipart/form-data", "", "json",
        ]
        let type = below(6) == 0 ? types[below(types.count)] : "application/json"
        return request("POST", proper.path, type, text)
    }

    /// The value with one thing in it that should not be there, or should.
    private mutating func spoilt(_ value: JSON) -> JSON {
        switch value {
        case .object(var object) where !object.isEmpty && below(8) > 0:
            let key = object.keys[below(object.count)]
            switch below(6) {
            case 0: object.removeAll { $0.key == key }
            case 1: object.append(["", "session_hash", "data", "__proto__", "\u{0}"][below(5)], oddValue())
            default: object[key] = spoilt(object[key] ?? .null)
            }
            return .object(object)
        case .array(var list) where !list.isEmpty && below(4) > 0:
            let place = below(list.count)
            switch below(4) {
            case 0: list.remove(at: place)
            case 1: list.append(oddValue())
            default: list[place] = spoilt(list[place])
            }
            return .array(list)
        default: return oddValue()
        }
    }

    /// A value that few expect.
    private mutating func oddValue() -> JSON {
        switch below(16) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .int([-1, 99, .max, .min][below(4)])
        case 3: return .uint64(.max)
        case 4: return .double([-0.5, 1e308, .infinity, .nan][below(4)])
        case 5: return [:]
        case 6: return []
        case 7: return .string("")
        case 8: return .string(String(repeating: "ü", count: 2000))
        case 9: return .string("\u{0}\u{1F}\u{FFFF}😀\u{202E}")
        case 10: return .string(["../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "data:,"][below(4)])
        case 11: return ["path": oddValue(), "meta": ["_type": "gradio.FileData"]]
        case 12: return .array((0..<below(300)).map { .int($0) })
        case 13: return (0..<60).reduce(.null) { inner, _ in [inner] }
        case 14: return (0..<60).reduce(.null) { inner, _ in ["a": inner] }
        default: return .string("{text!r:>{9**9}} %s ${HOME} {{7*7}}")
        }
    }

    /// A form with a file in it, put together wrongly from proper pieces.
    mutating func brokenForm(at path: String, file field: String) -> [UInt8] {
        let pieces = [
            "--b\r\n", "--b--", "--c\r\n", "\r\n", "\r\n\r\n", "\n", "--b", "content", "\0\u{1}\u{7F}",
            "Content-Disposition: form-data; name=\"\(field)\"; filename=\"a.wav\"\r\n",
            "Content-Disposition: form-data; name=\"\(field)\"\r\n",
            "Content-Disposition: form-data; name=\"\(field)\"; filename=\"\"\r\n",
            "Content-Disposition: form-data; name=\"\(field)\"; filename=\"../../\u{0}:*?\r\n",
            "Content-Disposition: attachment\r\n",
            "content-disposition:form-data;filename*=utf-8''%F0%28;name=\(field)\r\n",
            "Content-Type: \r\n", "Content-Transfer-Encoding: base64\r\n", String(repeating: "x", count: 3000),
            ": no name\r\n",
        ]
        var body = below(3) == 0 ? [] : Array(pieces[0].utf8)
        for _ in 0..<below(9) { body += Array(pieces[below(pieces.count)].utf8) }
        let boundaries = ["b", "b", "b", "b", "\"b\"", "", "b; charset=x", String(repeating: "b", count: 300)]
        return request("POST", path, "multipart/form-data; boundary=\(boundaries[below(boundaries.count)])", body)
    }

    private func request(_ method: String, _ path: String, _ type: String, _ body: [UInt8]) -> [UInt8] {
        let typed = type.isEmpty ? "" : "Content-Type: \(type)\r\n"
        return Array("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(typed)Content-Length: \(body.count)\r\n\r\n".utf8)
            + body
    }
}
