internal import FoundationEssentials

/// Puts a configuration together from the environment, files, what people entered, and the defaults; the first wins.
public struct ConfigurationLoader: Sendable {
    /// The files that are read where they exist; the first wins.
    public var files: [String]
    public var environment: [String: String]
    /// Values that people entered, by key: `services.litellm.url`.
    public var interactive: [String: String]
    /// The text of a file; nil if there is none.
    var read: @Sendable (String) throws -> String?

    /// - Parameters:
    ///   - files: nil for `./movie-director.yaml|json`, `~/.movie-director/config.yaml|json` and
    ///     `/etc/movie-director/config.yaml`.
    ///   - environment: nil for the process's own.
    public init(
        files: [String]? = nil, environment: [String: String]? = nil, interactive: [String: String] = [:]
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.environment = environment
        self.files = files ?? Self.usualFiles(home: environment["HOME"])
        self.interactive = interactive
        read = { path in
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try String(contentsOfFile: path, encoding: .utf8)
        }
    }

    static func usualFiles(home: String?) -> [String] {
        let here = ["./movie-director.yaml", "./movie-director.json"]
        let user = home.map { ["\($0)/.movie-director/config.yaml", "\($0)/.movie-director/config.json"] } ?? []
        return here + user + ["/etc/movie-director/config.yaml"]
    }

    /// - Throws: ``ConnectivityError/Code/configuration``, with all problems in the message, and as
    ///   ``ConfigurationProblems`` underlying.
    public func load() throws(ConnectivityError) -> ConnectivityConfiguration {
        var values: [String: (value: ConfigurationValue, source: ConfigurationSource)] = [:]
        var problems: [ConfigurationProblem] = []

        func take(_ key: String, _ form: ConfigurationForm, _ text: String, _ source: ConfigurationSource) {
            guard let value = form.read(text) else {
                problems.append(
                    ConfigurationProblem(source: source, key: key, expected: form.expected, came: form.told(text)))
                return
            }
            if values[key] == nil { values[key] = (value, source) }
        }

        for (variable, text) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(ConfigurationKey.prefix) {
            let source = ConfigurationSource.environment(variable: variable)
            if let key = ConfigurationKey.variables[variable], let form = ConfigurationKey.all[key] {
                take(key, form, text, source)
            } else {
                problems.append(unknown(variable, source, among: ConfigurationKey.variables.keys))
            }
        }
        for path in files {
            let text: String?
            do { text = try read(path) } catch {
                problems.append(
                    ConfigurationProblem(
                        source: .file(path: path, line: 1), key: "", expected: "a file of text", came: "\(error)"))
                continue
            }
            guard let text else { continue }
            let file = ConfigurationFile(text, path: path, environment: environment)
            problems += file.problems
            for entry in file.entries {
                take(entry.key, entry.form, entry.text, .file(path: path, line: entry.line))
            }
        }
        for (key, text) in interactive.sorted(by: { $0.key < $1.key }) {
            if let form = ConfigurationKey.all[key] {
                take(key, form, text, .interactive)
            } else {
                problems.append(unknown(key, .interactive, among: ConfigurationKey.all.keys))
            }
        }
        for service in Service.all {
            let key = "services.\(service.name).pool"
            guard case .count(let minimum)? = values["\(key).min"]?.value, let source = values["\(key).min"]?.source
            else { continue }
            var maximum = service.pool.maximum
            if case .count(let configured)? = values["\(key).max"]?.value { maximum = configured }
            guard minimum > maximum else { continue }
            problems.append(
                ConfigurationProblem(
                    source: source, key: "\(key).min", expected: "no more than pool.max (\(maximum))",
                    came: "\(minimum)"))
        }
        guard problems.isEmpty else {
            let all = ConfigurationProblems(problems: problems)
            throw ConnectivityError(
                code: .configuration, service: "configuration", endpoint: "",
                message: problems.count == 1 ? "\(all)" : "\(problems.count) problems:\n\(all)\n", underlying: all)
        }
        return ConnectivityConfiguration(values)
    }

    private func unknown(
        _ key: String, _ source: ConfigurationSource, among known: some Sequence<String>
    ) -> ConfigurationProblem {
        let nearest = ConfigurationKey.nearest(to: key, among: known).map { "\"\($0)\"" }
        return ConfigurationProblem(
            source: source, key: key, expected: nearest ?? "a known key", came: "the unknown key \"\(key)\"")
    }
}
