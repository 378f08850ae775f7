internal import Glibc
internal import JSONTree

/// The web interface of the real package, whose page is a template that the server fills in, and whose scripts lie beside it.
public struct GradioWebInterface: Sendable {
    /// The folder that holds `index.html`.
    private let root: String
    private let template: String

    /// - Parameter folder: its files, the package they lie in, or where that is installed: a folder `site-packages`, or a
    ///   virtual environment.
    /// - Throws: ``GradioWebInterfaceError`` where there is no template in any of these.
    public init(folder: String) throws(GradioWebInterfaceError) {
        let package = "gradio/templates/frontend"
        let installed = Self.names(in: folder + "/lib").sorted().map { "lib/\($0)/site-packages/\(package)" }
        for place in [".", "frontend", "templates/frontend", package] + installed {
            let root = place == "." ? folder : "\(folder)/\(place)"
            guard let page = Self.read(root + "/index.html") else { continue }
            let template = String(decoding: page.bytes, as: UTF8.self)
            guard template.contains("gradio_config") else { continue }
            self.root = root
            self.template = template
            return
        }
        throw GradioWebInterfaceError(folder: folder)
    }

    /// The page of an app.
    func page(config: JSON, info: JSON, base: String) -> String {
        PageTemplate(text: template).filled(["config": config, "gradio_api_info": info, "base_url": .string(base)])
    }

    /// A file of the interface: its bytes and when it was changed, in seconds since 1970; nil for what is not there or lies outside.
    func file(_ path: String) -> (bytes: [UInt8], modified: Double)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }), !path.contains("\0") else {
            return nil
        }
        return Self.read("\(root)/\(path)")
    }

    private static func read(_ path: String) -> (bytes: [UInt8], modified: Double)? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(facts.st_size))
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return (bytes, Double(facts.st_mtim.tv_sec)) }
            bytes += piece[..<count]
        }
    }

    private static func names(in path: String) -> [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            // d_name is a C array, imported as a tuple: its address is the text.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// There is no web interface where one was said to be.
public struct GradioWebInterfaceError: Error, CustomStringConvertible {
    let folder: String

    /// Where it was looked for, and where it comes from.
    public var description: String {
        "no web interface of Gradio in \(folder): expected the package gradio (PyPI), installed or unpacked"
    }
}

/// The few forms of Jinja's `{{ … }}` that the package's page uses.
struct PageTemplate {
    let text: String

    /// The text with values in their places; what is not understood comes to nothing.
    func filled(_ values: [String: JSON]) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { break }
            result += Self.value(of: String(rest[..<end.lowerBound]), values)
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func value(of expression: String, _ values: [String: JSON]) -> String {
        let filters = expression.split(separator: "|").map { String($0).trimmed }
        guard let first = filters.first else { return "" }
        let (path, fallback) = operand(first)
        var value: JSON? = values[path[0]]
        for key in path.dropFirst() { value = value?[key] }
        if value?.isTruthy != true, let fallback { value = .string(fallback) }
        for filter in filters.dropFirst() {
            if filter == "toorjson" { return script(value ?? .null) }
            if filter.hasPrefix("default("), value == nil { value = .string(quoted(filter).first ?? "") }
        }
        return escaped(value.map { $0.string ?? ($0.isNull ? "" : $0.text()) } ?? "")
    }

    /// `config.get('body_css', {}).get('a', 'white')` and `config['title'] or ''`: names to follow, and what stands in.
    private static func operand(_ text: String) -> (path: [String], fallback: String?) {
        let name = String(text.prefix { $0.isLetter || $0 == "_" })
        let texts = quoted(text)
        let calls = text.ranges(of: ".get(").count
        let isIndexed = text.contains("[")
        let keys = Array(texts.prefix(calls + (isIndexed ? 1 : 0)))
        let hasFallback = texts.count > keys.count
        return ([name] + keys, hasFallback ? texts.last : nil)
    }

    /// What stands in quotes.
    private static func quoted(_ text: String) -> [String] {
        text.split(separator: "'", omittingEmptySubsequences: false).enumerated().compactMap { place, part in
            place % 2 == 1 ? String(part) : nil
        }
    }

    /// JSON within a script element.
    static func script(_ json: JSON) -> String {
        var text = ""
        for scalar in json.text().unicodeScalars {
            switch scalar {
            case "<": text += "\\u003c"
            case ">": text += "\\u003e"
            case "&": text += "\\u0026"
            case "'": text += "\\u0027"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Text within HTML.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&#34;")
    }
}
