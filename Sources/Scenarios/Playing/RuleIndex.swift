/// Which rules of a scenario could be about what: found without looking at the others.
struct RuleIndex: Sendable {
    private(set) var connect: [Int] = []
    /// Rules about a path without holes.
    private var exactPaths: [String: [Int]] = [:]
    private var templates: [Int] = []
    private var receives = TypeIndex()
    private var sends = TypeIndex()
    /// Rules about the fake as a whole.
    private(set) var whole: [Int] = []
    private let rules: [Rule]
    /// Rules about paths that have been asked for: most are asked for again.
    private var known: [String: [Int]] = [:]
    private static let mostKnown = 512

    private struct TypeIndex: Sendable {
        var any: [Int] = []
        var byType: [String: [Int]] = [:]

        mutating func add(_ index: Int, _ type: String?) {
            if let type { byType[type, default: []].append(index) } else { any.append(index) }
        }

        func candidates(_ type: String) -> [Int] {
            guard let exact = byType[type] else { return any }
            return any.isEmpty ? exact : (any + exact).sorted()
        }
    }

    /// - Parameter indices: the rules that are for this fake.
    init(_ rules: [Rule], of indices: [Int]) {
        self.rules = rules
        for index in indices {
            switch rules[index].on.subject {
            case .whole: whole.append(index)
            case .connect: connect.append(index)
            case .request(_, let path), .opens(let path):
                if path.isLiteral {
                    exactPaths[path.text, default: []].append(index)
                } else {
                    templates.append(index)
                }
            case .receives(let type): receives.add(index, type)
            case .sends(let type): sends.add(index, type)
            }
        }
    }

    var hasMessages: Bool { hasReceived || hasSent }
    var hasReceived: Bool { !receives.any.isEmpty || !receives.byType.isEmpty }
    var hasSent: Bool { !sends.any.isEmpty || !sends.byType.isEmpty }

    /// Rules whose subject this is, in the order of the file; conditions and triggers are not looked at.
    mutating func candidates(for happening: Occasion.Happening) -> [Int] {
        switch happening {
        case .connect: return connect
        case .receives(let type): return receives.candidates(type)
        case .sends(let type): return sends.candidates(type)
        case .request(let method, let path, let opens):
            let found = rules(about: path)
            if found.allSatisfy({ takes($0, method: method, opens: opens) }) { return found }
            return found.filter { takes($0, method: method, opens: opens) }
        }
    }

    private mutating func rules(about path: String) -> [Int] {
        if let found = known[path] { return found }
        var found = exactPaths[path] ?? []
        for index in templates where template(of: index).matches(path) { found.append(index) }
        found.sort()
        if known.count == Self.mostKnown { known = [:] }
        known[path] = found
        return found
    }

    private func template(of index: Int) -> PathTemplate {
        switch rules[index].on.subject {
        case .request(_, let path), .opens(let path): path
        default: preconditionFailure("only rules about paths are among the templates")
        }
    }

    private func takes(_ index: Int, method: String, opens: Bool) -> Bool {
        switch rules[index].on.subject {
        case .request(let wanted, _): wanted == nil || wanted == method
        case .opens: opens
        default: false
        }
    }
}

extension PathTemplate {
    /// Whether it is one path, without holes.
    var isLiteral: Bool {
        !text.utf8.contains { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "|") }
    }
}
