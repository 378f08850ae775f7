/// A form with files (RFC 7578), whole in memory.
struct MultipartForm: Sendable {
    private let boundary: String
    private var body: [UInt8] = []

    /// - Parameter boundary: must not occur in what is sent; long and random will do.
    init(boundary: String = "connectivity-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))") {
        self.boundary = boundary
    }

    mutating func add(_ name: String, _ value: String) {
        begin("name=\"\(Self.escaped(name))\"", type: nil)
        body += Array(value.utf8) + Array("\r\n".utf8)
    }

    mutating func add(_ name: String, filename: String, type: String, _ bytes: [UInt8]) {
        begin("name=\"\(Self.escaped(name))\"; filename=\"\(Self.escaped(filename))\"", type: type)
        body += bytes + Array("\r\n".utf8)
    }

    /// The value of the content type.
    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The finished body.
    var bytes: [UInt8] { body + Array("--\(boundary)--\r\n".utf8) }

    private mutating func begin(_ disposition: String, type: String?) {
        let typed = type.map { "Content-Type: \($0)\r\n" } ?? ""
        body += Array("--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n\(typed)\r\n".utf8)
    }

    /// As browsers write names (HTML, 4.10.21.8): quotes and line ends in percent form.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "%22"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Text in the query or path of a URL.
enum PercentEncoding {
    /// Only what is unreserved (RFC 3986, 2.3) stands for itself, and what is kept.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~\(kept)".utf8)
        var result = ""
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }

    static func query(_ items: KeyValuePairs<String, String>) -> String {
        items.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
    }
}
