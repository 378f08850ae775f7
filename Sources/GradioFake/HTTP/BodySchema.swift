import JSONTree
import SocketServer

/// What a request's body must be, and the words in which the framework complains: those of pydantic.
struct BodySchema: Sendable {
    /// What a field must be.
    enum Kind: Sendable {
        case text, whole, flag, list, any
    }

    /// A field of the body.
    struct Field: Sendable {
        let name: String
        let kind: Kind
        var isRequired = false
        /// Whether null is taken, too.
        var isOptional = true
    }

    let fields: [Field]

    /// Body of `/queue/join`, `/run`, `/call` and `/stream`: the order is that of the complaints.
    static let predict = BodySchema(fields: [
        Field(name: "session_hash", kind: .text), Field(name: "event_id", kind: .text),
        Field(name: "data", kind: .list, isRequired: true, isOptional: false),
        Field(name: "event_data", kind: .any), Field(name: "fn_index", kind: .whole),
        Field(name: "trigger_id", kind: .whole), Field(name: "simple_format", kind: .flag, isOptional: false),
        Field(name: "batched", kind: .flag),
    ])

    /// Body of `/call/{name}`.
    static let call = BodySchema(fields: [
        Field(name: "data", kind: .list, isRequired: true, isOptional: false),
        Field(name: "session_hash", kind: .text),
    ])

    /// Body of `/cancel`.
    static let cancel = BodySchema(fields: [
        Field(name: "session_hash", kind: .text, isRequired: true, isOptional: false),
        Field(name: "fn_index", kind: .whole, isRequired: true, isOptional: false),
        Field(name: "event_id", kind: .text, isRequired: true, isOptional: false),
    ])

    /// Body of `/reset`.
    static let reset = BodySchema(fields: [
        Field(name: "event_id", kind: .text, isRequired: true, isOptional: false)
    ])

    /// Body of `/reset` in version 3.
    static let oldReset = BodySchema(fields: [
        Field(name: "session_hash", kind: .text, isRequired: true, isOptional: false),
        Field(name: "fn_index", kind: .whole, isRequired: true, isOptional: false),
    ])

    /// The fields of a body, or the complaints about it: a list for `detail`.
    func read(_ body: [UInt8], type: String?, isLenient: Bool = false) -> Result<JSONObject, BodyComplaint> {
        switch Self.parse(body, type: type, isLenient: isLenient) {
        case .failure(let complaint): return .failure(complaint)
        case .success(let value):
            guard case .object(let object) = value else {
                return .failure(
                    .init(
                        "model_attributes_type", ["body"],
                        "Input should be a valid dictionary or object to extract fields from", value))
            }
            return check(object)
        }
    }

    /// The body as JSON; under another type its text.
    static func parse(_ body: [UInt8], type: String?, isLenient: Bool) -> Result<JSON, BodyComplaint> {
        guard !body.isEmpty else { return .failure(.init("missing", ["body"], "Field required", .null)) }
        guard isJSON(type) || isLenient && type == nil else {
            return .success(.string(String(decoding: body, as: UTF8.self)))
        }
        do {
            return .success(try JSON(parsing: body, options: .python))
        } catch {
            let fault = error.python
            var complaint = BodyComplaint(
                "json_invalid", ["body", .int(fault.position.offset)], "JSON decode error", [:])
            complaint.items[0]["ctx"] = ["error": .string(fault.message)]
            return .failure(complaint)
        }
    }

    /// `application/json` and its like, parameters aside.
    static func isJSON(_ type: String?) -> Bool {
        guard let type = type?.prefix(while: { $0 != ";" }).description.trimmed.lowercased() else { return false }
        return type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    }

    private func check(_ object: JSONObject) -> Result<JSONObject, BodyComplaint> {
        var complaint = BodyComplaint()
        var values = JSONObject()
        for field in fields {
            let place: [JSON] = ["body", .string(field.name)]
            guard let value = object[field.name] else {
                if field.isRequired { complaint.add("missing", place, "Field required", .object(object)) }
                continue
            }
            if value.isNull, field.isOptional { continue }
            switch Self.converted(value, to: field.kind) {
            case .value(let converted): values[field.name] = converted
            case .fault(let type, let message): complaint.add(type, place, message, value)
            }
        }
        return complaint.items.isEmpty ? .success(values) : .failure(complaint)
    }

    private enum Conversion {
        case value(JSON)
        case fault(type: String, message: String)
    }

    /// pydantic's lax conversions.
    private static func converted(_ value: JSON, to kind: Kind) -> Conversion {
        switch (kind, value) {
        case (.any, _), (.list, .array), (.text, .string), (.flag, .bool): return .value(value)
        case (.text, _): return .fault(type: "string_type", message: "Input should be a valid string")
        case (.list, _): return .fault(type: "list_type", message: "Input should be a valid list")
        case (.whole, .bool(let flag)): return .value(.int(flag ? 1 : 0))
        case (.whole, .number(let number)):
            if number.isInteger { return .value(value) }
            if let whole = Int(exactly: number.double) { return .value(.int(whole)) }
            return .fault(
                type: "int_from_float",
                message: "Input should be a valid integer, got a number with a fractional part")
        case (.whole, .string(let text)):
            if let whole = Int(text.trimmed) { return .value(.int(whole)) }
            return .fault(
                type: "int_parsing",
                message: "Input should be a valid integer, unable to parse string as an integer")
        case (.whole, _): return .fault(type: "int_type", message: "Input should be a valid integer")
        case (.flag, .number(let number)) where number.double == 0 || number.double == 1:
            return .value(.bool(number.double == 1))
        case (.flag, .string(let text)):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "on", "1": return .value(true)
            case "false", "f", "no", "n", "off", "0": return .value(false)
            default: break
            }
            fallthrough
        case (.flag, .number):
            return .fault(
                type: "bool_parsing", message: "Input should be a valid boolean, unable to interpret input")
        case (.flag, _): return .fault(type: "bool_type", message: "Input should be a valid boolean")
        }
    }
}

/// Why a body was refused: the items of a 422.
struct BodyComplaint: Error, Sendable {
    var items: [JSON] = []

    init() {}

    init(_ type: String, _ place: [JSON], _ message: String, _ input: JSON) { add(type, place, message, input) }

    mutating func add(_ type: String, _ place: [JSON], _ message: String, _ input: JSON) {
        items.append(["type": .string(type), "loc": .array(place), "msg": .string(message), "input": input])
    }

    /// The answer.
    var reply: Reply { .detail(422, .array(items)) }

    /// A query item that must be there.
    static func missingQuery(_ name: String) -> BodyComplaint {
        BodyComplaint("missing", ["query", .string(name)], "Field required", .null)
    }
}
