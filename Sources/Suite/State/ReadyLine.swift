public import JSONTree

/// What the suite says once every fake listens: one JSON object on one line, for programs.
///
/// The same goes to standard output, to `--ports-file` and to `.understudy/ready.json`.
public struct ReadyLine: Sendable, Equatable {
    /// One fake and where it is found.
    public struct Fake: Sendable, Equatable {
        public let id: String
        /// The protocol: `comfyui`, `litellm` or `gradio`.
        public let kind: String
        /// For Gradio: what it pretends to be.
        public let app: String?
        public let url: String
        /// Further addresses of the same fake.
        public let also: [String]

        /// A fake at an address.
        public init(id: String, kind: String, app: String? = nil, url: String, also: [String] = []) {
            self.id = id
            self.kind = kind
            self.app = app
            self.url = url
            self.also = also
        }

        /// All its addresses, the main one first.
        var urls: [String] { [url] + also }
    }

    /// The number from which every random choice of the fakes follows.
    public let seed: UInt64
    /// Where the control server is; nil without one.
    public let control: String?
    public let fakes: [Fake]

    /// The line of a suite whose fakes all listen.
    public init(seed: UInt64, control: String? = nil, fakes: [Fake]) {
        self.seed = seed
        self.control = control
        self.fakes = fakes
    }

    /// The object, its keys in the documented order.
    public var json: JSON {
        var line: JSONObject = ["ready": true, "seed": .uint64(seed)]
        if let control { line.append("control", .string(control)) }
        line.append("fakes", .array(fakes.map(\.json)))
        return .object(line)
    }

    /// The line, without its line break.
    public var text: String { json.text() }

    /// Reads a line that was written before; nil if it is none.
    public init?(text: String) {
        // A line that is no JSON is no ready line; why it is none helps nobody.
        guard let json = JSON.found(in: text), json["ready"] == true,
            let seed = json["seed"]?.number?.uint64, let fakes = json["fakes"]?.array
        else { return nil }
        self.seed = seed
        control = json["control"]?.string
        self.fakes = fakes.compactMap(Fake.init(json:))
    }
}

extension ReadyLine.Fake {
    var json: JSON {
        var object: JSONObject = ["id": .string(id), "kind": .string(kind)]
        if let app { object.append("app", .string(app)) }
        object.append("url", .string(url))
        if !also.isEmpty { object.append("also", .array(also.map { .string($0) })) }
        return .object(object)
    }

    init?(json: JSON) {
        guard let id = json["id"]?.string, let kind = json["kind"]?.string, let url = json["url"]?.string else {
            return nil
        }
        self.init(
            id: id, kind: kind, app: json["app"]?.string, url: url,
            also: json["also"]?.array?.compactMap(\.string) ?? [])
    }
}
