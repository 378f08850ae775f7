/// A place inside an answer of JSON: reading it says by itself what was expected there and what is there instead.
struct JSONView: Sendable {
    let value: JSONValue
    /// The pointer to this place (RFC 6901); empty at the top.
    let pointer: String
    let source: Source

    /// Whose answer it is.
    struct Source: Sendable {
        var peer: Peer
        /// `GET http://…`.
        var what: String
    }

    init(_ value: JSONValue, pointer: String = "", source: Source) {
        self.value = value
        self.pointer = pointer
        self.source = source
    }

    /// Reads an answer as JSON, whatever its content type says.
    init(parsing bytes: [UInt8], source: Source) throws(ConnectivityError) {
        do throws(JSONFault) {
            self.init(try JSONValue(parsing: bytes), source: source)
        } catch {
            let start = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw source.peer.error(
                .protocol, expected: "JSON from \(source.what)",
                came: bytes.isEmpty ? "nothing came" : "\(error); it begins \"\(start)\"")
        }
    }

    /// A member that must be there.
    func member(_ name: String) throws(ConnectivityError) -> JSONView {
        guard let member = value[name] else { throw unexpected("an object with \(name)") }
        return JSONView(member, pointer: "\(pointer)/\(name)", source: source)
    }

    /// A member that may be missing or null.
    func optional(_ name: String) -> JSONView? {
        guard let member = value[name], !member.isNull else { return nil }
        return JSONView(member, pointer: "\(pointer)/\(name)", source: source)
    }

    var elements: [JSONView] {
        get throws(ConnectivityError) {
            guard let elements = value.array else { throw unexpected("an array") }
            return elements.enumerated().map { JSONView($1, pointer: "\(pointer)/\($0)", source: source) }
        }
    }

    var members: [(name: String, view: JSONView)] {
        get throws(ConnectivityError) {
            guard let members = value.object else { throw unexpected("an object") }
            return members.sorted { $0.key < $1.key }.map {
                ($0.key, JSONView($0.value, pointer: "\(pointer)/\($0.key)", source: source))
            }
        }
    }

    var text: String {
        get throws(ConnectivityError) {
            guard let text = value.string else { throw unexpected("a text") }
            return text
        }
    }

    var integer: Int {
        get throws(ConnectivityError) {
            guard let integer = value.integer else { throw unexpected("a whole number") }
            return integer
        }
    }

    var number: Double {
        get throws(ConnectivityError) {
            guard let number = value.number else { throw unexpected("a number") }
            return number
        }
    }

    var bool: Bool {
        get throws(ConnectivityError) {
            guard let bool = value.bool else { throw unexpected("true or false") }
            return bool
        }
    }

    func unexpected(_ expected: String) -> ConnectivityError {
        source.peer.error(
            .protocol,
            expected: "\(expected) at \(pointer.isEmpty ? "the top" : pointer) of the answer to \(source.what)",
            came: "got \(value.kind)")
    }
}
