import GradioAssets
import JSONTree

/// What a component of the real package shows of itself, as recorded: the mould of a component of the fake.
struct ComponentTemplate: Sendable {
    /// The name of its Python class.
    let name: String
    /// Its properties in the order of the class's arguments, which is that of `/config`.
    let order: [String]
    /// Whether neighbours of its sort are put into a form.
    let belongsIntoForm: Bool
    let isContainer: Bool
    /// Its entry of `/config` without an id.
    let entry: JSONObject
    /// How it is described as an argument and as a result, where that does not follow from the entry.
    let argument: JSONObject
    let result: JSONObject

    /// The properties that it has when nothing is said.
    var properties: JSONObject { entry["props"]?.object ?? JSONObject() }
    /// `type` of `/config`.
    var type: String { entry["type"]?.string ?? "" }
    /// Whether it is no part of the API.
    var isSkipped: Bool {
        // Version 3 does not say it; there it follows from the type.
        entry["skip_api"]?.bool ?? (isContainer || type == "state" || entry["api_info"] == nil)
    }

    /// The mould of a component that the package does not have.
    fileprivate static let stranger = ComponentTemplate([
        "class": "Component", "container": true,
        "component": [
            "type": "component", "props": [:], "skip_api": false, "api_info": [:], "example_inputs": nil,
        ],
    ])

    fileprivate init(_ row: JSON) {
        name = row["class"]?.string ?? ""
        order = row["order"]?.array?.compactMap(\.string) ?? []
        belongsIntoForm = row["form"]?.bool ?? false
        isContainer = row["container"]?.bool ?? false
        var entry = row["component"]?.object ?? JSONObject()
        // Written as true where they only repeat the first.
        for key in ["api_info_as_input", "api_info_as_output"] where entry[key]?.bool == true {
            entry[key] = entry["api_info"]
        }
        self.entry = entry
        argument = row["argument"]?.object ?? JSONObject()
        result = row["result"]?.object ?? JSONObject()
    }
}

/// The component templates of a version, by the name of the class in lower case.
struct ComponentTemplates: Sendable {
    private let templates: [String: ComponentTemplate]

    /// What an app file calls a component of no class of the package; its `config` says what it is.
    static let stranger = "component"

    subscript(kind: String) -> ComponentTemplate? { templates[kind] ?? (kind == Self.stranger ? .stranger : nil) }

    /// All kinds, sorted.
    var kinds: [String] { templates.keys.sorted() }

    private init(_ json: JSON) {
        var templates: [String: ComponentTemplate] = [:]
        for (kind, row) in json.object ?? JSONObject() { templates[kind] = ComponentTemplate(row) }
        self.templates = templates
    }

    /// The templates of a version.
    static func of(_ major: GradioMajor) -> ComponentTemplates {
        ComponentTemplates(unsafe EmbeddedData.json(gradioComponents(Int32(major.rawValue))))
    }
}

/// The frames of `/config` of a version.
struct ConfigFrame: Sendable {
    /// `/config` without components and functions.
    let config: JSONObject
    /// An entry of its `dependencies`.
    let dependency: JSONObject

    /// The frames of a version.
    static func of(_ major: GradioMajor) -> ConfigFrame {
        let json = unsafe EmbeddedData.json(gradioFrames())["\(major.rawValue)"]
        return ConfigFrame(
            config: json?["config"]?.object ?? JSONObject(), dependency: json?["dependency"]?.object ?? JSONObject())
    }
}

/// Files that are part of the program.
enum EmbeddedData {
    static func bytes(_ asset: GradioAsset) -> [UInt8] {
        // The bytes are constants of the program: they live as long as it does.
        unsafe Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
    }

    static func json(_ asset: GradioAsset) -> JSON {
        guard let json = JSON.found(in: unsafe bytes(asset)) else {
            preconditionFailure("the recorded components are JSON: a test reads every file")
        }
        return json
    }
}
