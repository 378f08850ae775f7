import JSONTree

/// A function of the app with its id and the ids of its components: an entry of `dependencies`.
struct AppFunction: Sendable {
    /// Which functions take turns.
    struct Group: Sendable, Hashable {
        /// Functions with the same id share one limit.
        let id: String
        /// How many run at once; nil for any number.
        let limit: Int?
    }

    /// `fn_index` everywhere.
    let id: Int
    let definition: FunctionDefinition
    let inputs: [Component]
    let outputs: [Component]
    /// The component and event pairs that call it.
    let targets: [(component: Int, event: String)]
    /// The functions that it cancels.
    let cancels: [Int]
    let group: Group
    /// The name in the API, unique.
    let apiName: String

    var behaviour: Behaviour? { definition.behaviour }
    var isGenerator: Bool { behaviour?.isGenerator ?? false }
    var batchSize: Int? { definition.batchSize }
    /// The inputs that clients send: all but states.
    var apiInputs: [(place: Int, component: Component)] {
        inputs.enumerated().filter { !$0.element.isSkipped }.map { ($0.offset, $0.element) }
    }

    /// The entry of `/config`.
    func entry(_ frame: ConfigFrame, major: GradioMajor) -> JSON {
        var entry = frame.dependency
        func set(_ key: String, _ value: JSON) { if entry[key] != nil { entry[key] = value } }
        set("id", .int(id))
        entry["targets"] = .array(targets.map { [.int($0.component), .string($0.event)] })
        entry["inputs"] = .array(inputs.map { .int($0.id) })
        entry["outputs"] = .array(outputs.map { .int($0.id) })
        set("backend_fn", .bool(behaviour != nil))
        switch (major, definition.isQueued, behaviour == nil) {
        case (.three, true, false): entry["queue"] = .null
        case (_, true, true): entry["queue"] = false
        default: entry["queue"] = .bool(definition.isQueued)
        }
        entry["api_name"] = .string(apiName)
        set("batch", .bool(batchSize != nil))
        if let batchSize { set("max_batch_size", .int(batchSize)) }
        set("cancels", .array(cancels.map { .int($0) }))
        if major == .three {
            entry["types"] = ["continuous": false, "generator": .bool(isGenerator)]
        } else {
            entry["types"] = ["generator": .bool(isGenerator), "cancel": .bool(!cancels.isEmpty)]
        }
        if definition.isStream { set("connection", "stream") }
        switch (major, definition.visibility) {
        case (.six, let visibility): entry["api_visibility"] = .string(visibility.rawValue)
        case (_, .public): break
        case (_, .private) where behaviour != nil && definition.overrides["js"] == nil:
            // Before 6 a function without a name is a private one.
            entry["api_name"] = false
            set("show_api", false)
        default: set("show_api", false)
        }
        for (key, value) in definition.overrides { entry[key] = value }
        return .object(entry)
    }
}
