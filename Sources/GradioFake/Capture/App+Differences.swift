import JSONTree

/// What a real function has otherwise than the fake makes it.
struct FunctionDifferences {
    /// In its entry of `/config`.
    var config = JSONObject()
    /// In its entry of the API description.
    var info = JSONObject()
}

extension App {
    /// What the functions of a real app have otherwise, one for each.
    func differences(to config: JSON, _ info: JSON) -> [FunctionDifferences] {
        let here = self.config(root: "", appID: 0, user: nil, showError: false, maxFileSize: nil)
        let described = description(root: "", all: true)
        return (config["dependencies"]?.array ?? []).enumerated().map { index, real in
            var differences = FunctionDifferences()
            let made = here["dependencies"]?[index]
            for (key, value) in real.object ?? [:] where key != "id" {
                if !(made?[key]?.isEquivalent(to: value) ?? false) { differences.config[key] = value }
            }
            if let function = function(index), let endpoint = info.endpoint(of: real, index),
                let own = described["named_endpoints"]?["/" + function.apiName]
            {
                differences.info = Self.differences(of: endpoint, from: own, function)
            }
            return differences
        }
    }

    private static func differences(of real: JSON, from made: JSON, _ function: AppFunction) -> JSONObject {
        var differences = JSONObject()
        for (key, value) in real.object ?? [:] where !["parameters", "returns", "code_snippets"].contains(key) {
            if !(made[key]?.isEquivalent(to: value) ?? false) { differences[key] = value }
        }
        let parameters = function.apiInputs.map { function.definition.inputs[$0.place].parameter }
        let returns = zip(function.outputs, function.definition.outputs).filter { !$0.0.isSkipped }.map(\.1)
        for (list, names) in [("parameters", parameters), ("returns", returns)] {
            var rows = JSONObject()
            for (place, name) in names.enumerated() {
                var row = JSONObject()
                for (key, value) in real[list]?[place]?.object ?? [:] {
                    let own = made[list]?[place]?[key]
                    let isSame = key == "type" ? own?.saysTheSame(as: value) : own?.isEquivalent(to: value)
                    if isSame != true { row[key] = value }
                }
                if !row.isEmpty { rows[name] = .object(row) }
            }
            if !rows.isEmpty { differences[list] = .object(rows) }
        }
        return differences
    }

    /// What belongs to the machine, the moment or the client, or stands elsewhere in an app file.
    private static let notCaptured: Set<String> = [
        "version", "app_id", "api_prefix", "protocol", "components", "dependencies", "root", "username", "title",
        "show_error", "max_file_size", "space_id", "is_space", "is_colab", "analytics_enabled", "dev_mode",
        "theme_hash",
        "enable_queue", "current_page", "deep_link_state", "auth_required", "auth_message",
    ]

    /// The further members of `/config` that a real app has otherwise.
    func furtherConfig(_ real: JSON) -> JSONObject {
        let made = config(root: "", appID: 0, user: nil, showError: false, maxFileSize: nil)
        var further = JSONObject()
        for (key, value) in real.object ?? [:] where !Self.notCaptured.contains(key) {
            let mine = made[key] ?? .null
            let isSame =
                key == "page" ? Self.ordered(value).isEquivalent(to: Self.ordered(mine)) : value.isEquivalent(to: mine)
            if !isSame { further[key] = value }
        }
        return further
    }

    /// The order in which a page lists its parts says nothing.
    private static func ordered(_ page: JSON) -> JSON {
        .object(
            JSONObject(
                (page.object ?? [:]).map { name, part in
                    var part = part
                    for key in ["components", "dependencies"] {
                        part[key] = .array((part[key]?.array ?? []).sorted { $0.int ?? 0 < $1.int ?? 0 })
                    }
                    return (name, part)
                }))
    }
}
