internal import JSONTree

/// What kind of fake somebody wants.
public struct FakeOrder: Sendable {
    /// `comfyui`, `litellm`, `gradio`.
    public var kind: String
    /// Its name in the suite; nil takes one that is free.
    public var id: String?
    /// For Gradio, the app: one of the built-in ones.
    public var app: String?
    /// Where to listen; 0 takes a free port.
    public var port: Int
    /// Nil takes the suite's.
    public var seed: UInt64?
    /// How much faster than real time it works; nil takes the suite's.
    public var speed: Double?

    public init(
        kind: String, id: String? = nil, app: String? = nil, port: Int = 0, seed: UInt64? = nil, speed: Double? = nil
    ) {
        self.kind = kind
        self.id = id
        self.app = app
        self.port = port
        self.seed = seed
        self.speed = speed
    }
}

/// Why an order could not be met: a sentence for whoever ordered.
public struct FakeOrderError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

extension FakeOrder {
    /// Reads an order; every member that is not known is refused.
    init(_ object: JSONObject) throws(Problem) {
        guard let kind = object["kind"]?.string else {
            throw .badRequest("a fake needs \"kind\": comfyui, litellm or gradio")
        }
        self.init(kind: kind)
        for (name, value) in object {
            switch name {
            case "kind": continue
            case "id": id = try Self.text(name, value)
            case "app": app = try Self.text(name, value)
            case "port":
                guard let number = value.int, (0...65_535).contains(number) else {
                    throw .badRequest("port: expected 0 to 65535, got \(value.text())")
                }
                port = number
            case "seed":
                guard case .number(let number) = value, let seed = number.uint64 else {
                    throw .badRequest("seed: expected a whole number, got \(value.text())")
                }
                self.seed = seed
            case "speed":
                guard let number = value.double, number > 0, number <= 1_000_000 else {
                    throw .badRequest("speed: expected a number above 0, got \(value.text())")
                }
                speed = number
            default:
                throw .badRequest("unknown member \"\(name)\": expected kind, id, app, port, seed, speed")
            }
        }
    }

    private static func text(_ name: String, _ value: JSON) throws(Problem) -> String {
        guard let text = value.string, !text.isEmpty, text.utf8.count <= 64,
            text.utf8.allSatisfy({
                $0 == 0x2D || $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            })
        else {
            throw .badRequest("\(name): expected small letters, digits, - and _, got \(value.text())")
        }
        return text
    }
}
