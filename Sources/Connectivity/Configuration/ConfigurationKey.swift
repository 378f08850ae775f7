/// What may stand at a key, and how it is written.
enum ConfigurationForm: Sendable {
    case endpoint, flag, duration, count, ports, secret, preset

    var expected: String {
        switch self {
        case .endpoint: "a URL (http, https, ws or wss) without user, query or fragment"
        case .flag: "true or false"
        case .duration: "a time above zero, such as 30, 30s, 500ms or 5m"
        case .count: "a whole number from 0"
        case .ports: "ports from 1 to 65535"
        case .secret: "a key on one line"
        case .preset: "one of \(ReconnectionPolicy.presets.keys.sorted().joined(separator: ", "))"
        }
    }

    func read(_ text: String) -> ConfigurationValue? {
        switch self {
        case .endpoint: return Endpoint(text).map { .endpoint($0) }
        case .flag:
            return switch text.lowercased() {
            case "true", "yes", "on", "1": .flag(true)
            case "false", "no", "off", "0": .flag(false)
            default: nil
            }
        case .duration: return Self.duration(text).map { .duration($0) }
        case .count: return Int(text).flatMap { $0 >= 0 ? .count($0) : nil }
        case .ports:
            let parts = text.split(whereSeparator: { $0 == "," || $0 == " " })
            let ports = parts.compactMap { UInt16($0) }.filter { $0 > 0 }
            return ports.count == parts.count && !ports.isEmpty ? .ports(ports) : nil
        case .secret: return text.contains(where: \.isNewline) ? nil : .secret(Secret(text))
        case .preset: return ReconnectionPolicy.presets[text] == nil ? nil : .preset(text)
        }
    }

    /// How a wrong value is told of.
    func told(_ text: String) -> String {
        if case .secret = self { return "\(text.count) characters on several lines" }
        return text.isEmpty ? "nothing" : "\"\(text)\""
    }

    private static func duration(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        let (suffix, factor) = units.first { text.hasSuffix($0.0) } ?? ("", 1)
        guard let number = Double(text.dropLast(suffix.count)), number > 0, number * factor < 1e9 else { return nil }
        return .seconds(number * factor)
    }
}

/// The keys that a configuration may have.
enum ConfigurationKey {
    /// `services.NAME.…`
    static let service: [String: ConfigurationForm] = [
        "url": .endpoint, "enabled": .flag, "timeout": .duration, "api_key": .secret, "ports": .ports,
        "pool.max": .count, "pool.min": .count, "pool.acquire_timeout": .duration, "pool.idle_timeout": .duration,
        "health.interval": .duration, "health.timeout": .duration,
    ]

    /// Every key, with those above it.
    static let all: [String: ConfigurationForm] = {
        var all: [String: ConfigurationForm] = ["reconnection": .preset]
        for name in Service.all.map(\.name) {
            for (key, form) in service { all["services.\(name).\(key)"] = form }
        }
        return all
    }()

    /// The keys that have others below them: `services`, `services.comfyui`, `services.comfyui.pool`.
    static let groups: Set<String> = {
        var groups: Set<String> = []
        for key in all.keys {
            var parts = key.split(separator: ".")
            while parts.count > 1 {
                parts.removeLast()
                groups.insert(parts.joined(separator: "."))
            }
        }
        return groups
    }()

    /// The variables of the environment, and the keys that they stand for.
    static let variables: [String: String] = {
        var variables: [String: String] = [:]
        for name in Service.all.map(\.name) {
            for key in ["url", "enabled", "timeout", "api_key"] {
                variables["\(prefix)\(name.rawValue.uppercased())_\(key.uppercased())"] = "services.\(name).\(key)"
            }
        }
        return variables
    }()

    static let prefix = "MOVIE_DIRECTOR_"

    /// What a wrong key was meant to be: the nearest that may stand in its place.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        known.sorted().map { ($0, distance(word.lowercased(), $0.lowercased())) }
            .filter { $0.1 <= max(2, word.count / 2) }.min { $0.1 < $1.1 }?.0
    }

    /// How many letters differ (Levenshtein).
    private static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (above, letter) in first.enumerated() {
            var corner = row[0]
            row[0] = above + 1
            for place in second.indices {
                let substituted = corner + (letter == second[place] ? 0 : 1)
                corner = row[place + 1]
                row[place + 1] = min(substituted, corner + 1, row[place] + 1)
            }
        }
        return row[second.count]
    }
}
