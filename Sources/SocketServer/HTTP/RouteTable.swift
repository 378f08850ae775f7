/// What a route table knows about a method and a path.
public enum RouteMatch<Value> {
    /// A route, and what its template's braces matched.
    case found(Value, parameters: [String: String])
    /// The path is known, but for other methods, in the order of their registration.
    case methodNotAllowed(allow: [String])
    case notFound
}

/// Routes as a table: a method, a template, a value.
///
/// A template's segments are literal, `{name}` (one segment, not empty), `prefix{name}` with a literal prefix
/// or suffix around it, or, at the end, `{name...}` (the rest of the path with its slashes, may be empty).
/// Literal segments win over parameters; otherwise the first registered wins.
public struct RouteTable<Value: Sendable>: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        case parameter(name: String, prefix: String, suffix: String)
        case rest(name: String, prefix: String)
    }

    private struct Route: Sendable {
        let method: String
        let segments: [Segment]
        let value: Value
    }

    private var exact: [String: [(method: String, value: Value)]] = [:]
    private var patterns: [Route] = []

    public init() {}

    /// Registers a route. `method` may be `*` for all.
    public mutating func on(_ method: String, _ template: String, _ value: Value) {
        guard template.utf8.contains(UInt8(ascii: "{")) else {
            exact[template, default: []].append((method, value))
            return
        }
        let segments = template.split(separator: "/", omittingEmptySubsequences: false).map { Self.segment($0) }
        patterns.append(Route(method: method, segments: segments, value: value))
    }

    /// Finds the route of a method and a path (without query).
    public func match(method: String, path: String) -> RouteMatch<Value> {
        var allowed: [String] = []
        if let routes = exact[path] {
            for route in routes {
                if route.method == method || route.method == "*" { return .found(route.value, parameters: [:]) }
                if !allowed.contains(route.method) { allowed.append(route.method) }
            }
        }
        if !patterns.isEmpty {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            for route in patterns {
                guard let parameters = Self.parameters(of: parts, in: route.segments) else { continue }
                if route.method == method || route.method == "*" {
                    return .found(route.value, parameters: parameters)
                }
                if !allowed.contains(route.method) { allowed.append(route.method) }
            }
        }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(allow: allowed)
    }

    private static func segment(_ text: Substring) -> Segment {
        guard let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}"), open < close else {
            return .literal(String(text))
        }
        let name = text[text.index(after: open)..<close]
        let prefix = String(text[..<open])
        if name.hasSuffix("...") { return .rest(name: String(name.dropLast(3)), prefix: prefix) }
        return .parameter(name: String(name), prefix: prefix, suffix: String(text[text.index(after: close)...]))
    }

    private static func parameters(of parts: [Substring], in segments: [Segment]) -> [String: String]? {
        var result: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            if case .rest(let name, let prefix) = segment {
                guard index < parts.count, parts[index].hasPrefix(prefix) else { return nil }
                result[name] = String(parts[index...].joined(separator: "/").dropFirst(prefix.count))
                return result
            }
            guard index < parts.count else { return nil }
            switch segment {
            case .literal(let text):
                if parts[index] != text { return nil }
            case .parameter(let name, let prefix, let suffix):
                let part = parts[index]
                guard part.utf8.count > prefix.utf8.count + suffix.utf8.count, part.hasPrefix(prefix),
                    part.hasSuffix(suffix)
                else { return nil }
                result[name] = String(part.dropFirst(prefix.count).dropLast(suffix.count))
            case .rest:
                return nil
            }
        }
        return parts.count == segments.count ? result : nil
    }
}
