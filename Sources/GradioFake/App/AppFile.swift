import JSONTree

extension AppDefinition {
    /// Reads an app file.
    ///
    /// - Parameters:
    ///   - yaml: the text of the file.
    ///   - file: its name, for error messages.
    ///   - major: the version to play; the file's own `gradio`, or 6, if nil. Parts of the file that say `since` or
    ///     `until` are left out where they do not belong.
    ///   - options: what a file's `$NAME` stands for; parts that say `option: NAME` are left out without it.
    /// - Throws: ``AppFileError`` for the first fault that is found.
    public init(
        yaml: String, file: String, major: GradioMajor? = nil, options: [String: String] = [:]
    ) throws(AppFileError) {
        let root = try YAMLValue(parsing: yaml, file: file)
        self = try AppFile.read(root, major: major, options: options)
    }
}

/// Reads the parts of an app file.
struct AppFile {
    /// The words that may stand at the top.
    enum Key: String, CaseIterable {
        case app, title, summary, source, gradio, mode, id, launch, queue, components, functions, config
    }

    let major: GradioMajor
    let templates: ComponentTemplates
    let options: [String: String]
    var definition = AppDefinition()
    /// The names of the components, and whether a function may refer to them in this version.
    var componentNames: Set<String> = []
    var componentIDs: Set<Int> = []

    static func read(
        _ root: YAMLValue, major asked: GradioMajor?, options: [String: String]
    ) throws(AppFileError) -> AppDefinition {
        let members = try root.members()
        var major = asked ?? .six
        for (key, value) in members where asked == nil {
            if try key.text() == Key.gradio.rawValue { major = try gradioMajor(value) }
        }
        var file = AppFile(major: major, templates: ComponentTemplates.of(major), options: options)
        file.definition.major = major
        var parts: [Key: YAMLValue] = [:]
        for (key, value) in members { parts[try key.key(Key.self)] = value }
        try file.readHead(parts)
        if let components = parts[.components] { file.definition.components = try file.components(components) }
        if let functions = parts[.functions] { file.definition.functions = try file.functions(functions) }
        return file.definition
    }

    private static func gradioMajor(_ value: YAMLValue) throws(AppFileError) -> GradioMajor {
        guard let major = GradioMajor(rawValue: try value.whole()) else {
            throw value.error("the versions of Gradio that can be played are 3, 4, 5 and 6")
        }
        return major
    }

    private mutating func readHead(_ parts: [Key: YAMLValue]) throws(AppFileError) {
        if let title = parts[.title] { definition.title = try title.text() }
        if let mode = parts[.mode] { definition.mode = try mode.word(AppDefinition.Mode.self) }
        if let id = parts[.id] { definition.pageID = try self.id(id) }
        if let launch = parts[.launch] { definition.launch = try self.launch(launch) }
        if let queue = parts[.queue] { definition.queue = try self.queue(queue) }
        if let config = parts[.config] { definition.overrides = try object(config) }
        if let summary = parts[.summary] { definition.summary = try summary.text() }
        if let source = parts[.source] { definition.source = try source.text() }
        // Checked although only people read it.
        _ = try parts[.app]?.text()
    }

    private enum LaunchKey: String, CaseIterable {
        case show_error, max_file_size, auth, auth_message, close_after
    }

    private func launch(_ value: YAMLValue) throws(AppFileError) -> AppDefinition.Launch {
        var launch = AppDefinition.Launch()
        for (key, value) in try value.members() {
            switch try key.key(LaunchKey.self) {
            case .show_error:
                if let text = try option(value) {
                    launch.showError = !text.isEmpty
                } else {
                    launch.showError = try value.flag()
                }
            case .close_after:
                if let text = try option(value) {
                    launch.closeAfter = Double(text)
                } else {
                    launch.closeAfter = try value.json().double
                }
            case .max_file_size: launch.maxFileSize = try Self.bytes(value)
            case .auth_message: launch.authMessage = try value.text()
            case .auth:
                for (name, password) in try value.members() {
                    launch.users.append(.init(name: try name.text(), password: try password.text()))
                }
            }
        }
        return launch
    }

    private enum QueueKey: String, CaseIterable {
        case max_size, default_concurrency_limit, api_open
    }

    private func queue(_ value: YAMLValue) throws(AppFileError) -> AppDefinition.Queue {
        var queue = AppDefinition.Queue()
        for (key, value) in try value.members() {
            switch try key.key(QueueKey.self) {
            case .max_size: queue.maxSize = try value.json().isNull ? nil : value.whole()
            case .default_concurrency_limit:
                queue.defaultConcurrencyLimit = try value.json().isNull ? nil : value.whole()
            case .api_open: queue.apiOpen = try value.flag()
            }
        }
        return queue
    }

    /// `20480`, or `20kb` as `launch(max_file_size=…)` takes it.
    private static func bytes(_ value: YAMLValue) throws(AppFileError) -> Int? {
        let json = try value.json()
        if json.isNull { return nil }
        if let bytes = json.int { return bytes }
        let text = try value.text().lowercased()
        let number = text.prefix { $0.isNumber }
        let units = ["b": 1, "kb": 1024, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40]
        guard let count = Int(number), let unit = units[String(text.dropFirst(number.count))] else {
            throw value.error("expected a size in bytes such as 20480, 20kb or 5mb")
        }
        return count * unit
    }

    /// What stands for `$NAME`, empty if nothing does; nil for any other value.
    private func option(_ value: YAMLValue) throws(AppFileError) -> String? {
        guard case .string(let text) = try value.json(), text.first == "$" else { return nil }
        return options[String(text.dropFirst())] ?? ""
    }

    /// Whether a part belongs to the version and the options that are played.
    func belongs(since: YAMLValue?, until: YAMLValue?, option: YAMLValue?) throws(AppFileError) -> Bool {
        if let option, try options[option.text()]?.isEmpty ?? true { return false }
        if let since, try Self.gradioMajor(since) > major { return false }
        if let until, try Self.gradioMajor(until) < major { return false }
        return true
    }
}

extension YAMLValue {
    /// One of the words that may stand here as a key.
    func key<Key: RawRepresentable & CaseIterable>(_: Key.Type) throws(AppFileError) -> Key
    where Key.RawValue == String {
        let text = try text()
        guard let key = Key(rawValue: text) else {
            throw error("unknown key \"\(text)\"" + hint(for: text, in: Key.allCases.map(\.rawValue)))
        }
        return key
    }
}
