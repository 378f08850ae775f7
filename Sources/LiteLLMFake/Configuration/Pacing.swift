internal import JSONTree
public import Scenarios
internal import Words

/// How fast generated answers come. A stream's tokens come at this pace; an answer in one piece comes when its last token
/// would have come.
///
/// ```yaml
/// profile: large              # or small, none: what follows changes some of it
/// first_token: 400ms          # or { lognormal: { median: 400ms, p99: 2s } }, { uniform: [100ms, 300ms] }, …
/// between_tokens: 20ms
/// at_once: 8                  # so many answers are as fast as that; of 16, each is half as fast
/// ```
public struct Pacing: Sendable, Equatable {
    /// From the call to the first token; drawn for each answer.
    public var firstToken: Distribution
    /// From one token to the next; drawn for each.
    public var betweenTokens: Distribution
    /// So many answers of one model at once are as fast as that, and more share what they have; nil if their number makes
    /// no difference.
    public var atOnce: Int?

    public init(
        firstToken: Distribution = .fixed(.zero), betweenTokens: Distribution = .fixed(.zero), atOnce: Int? = nil
    ) {
        self.firstToken = firstToken
        self.betweenTokens = betweenTokens
        self.atOnce = atOnce
    }

    /// Everything at once.
    public static let none = Pacing()

    /// Those that have a name. They are made up after the order of magnitude that hosted models of such sizes have: a
    /// hundred tokens a second and a quarter of a second before them, or forty, and more than half a second.
    public static let profiles: [(name: String, pacing: Pacing)] = [
        ("none", .none),
        (
            "small",
            Pacing(
                firstToken: .lognormal(median: .milliseconds(250), p99: .milliseconds(900)),
                betweenTokens: .lognormal(median: .milliseconds(9), p99: .milliseconds(30)), atOnce: 32)
        ),
        (
            "large",
            Pacing(
                firstToken: .lognormal(median: .milliseconds(600), p99: .milliseconds(2500)),
                betweenTokens: .lognormal(median: .milliseconds(24), p99: .milliseconds(80)), atOnce: 8)
        ),
    ]

    /// The profile of a name.
    ///
    /// - Throws: ``ConfigurationError`` with the nearest one that there is.
    public static func profile(_ name: String, at place: String) throws(ConfigurationError) -> Pacing {
        guard let found = profiles.first(where: { $0.name == name }) else {
            throw ConfigurationError(
                "\(place): there is no profile \"\(name)\": \(advice(for: name, among: profiles.map(\.name)))")
        }
        return found.pacing
    }

    static let fields = ["profile", "first_token", "between_tokens", "at_once"]

    /// Reads the fields above; those that are not there stay as they are in `other`.
    ///
    /// - Throws: ``ConfigurationError`` that says what was expected at which place.
    init(_ fields: JSONObject, at place: String, else other: Pacing) throws(ConfigurationError) {
        self = other
        if let profile = fields["profile"] {
            self = try Pacing.profile(profile.string ?? profile.text(), at: place + ".profile")
        }
        if let tree = fields["first_token"] { firstToken = try Distribution(tree, at: place + ".first_token") }
        if let tree = fields["between_tokens"] { betweenTokens = try Distribution(tree, at: place + ".between_tokens") }
        if let tree = fields["at_once"], !tree.isNull {
            guard let number = tree.int, number > 0 else {
                throw ConfigurationError("\(place).at_once: expected a number from 1, of answers")
            }
            atOnce = number
        }
    }
}

extension Distribution {
    /// Reads seconds, a time such as `400ms`, or a shape as scenarios have it.
    fileprivate init(_ tree: JSON, at place: String) throws(ConfigurationError) {
        guard let object = tree.object else {
            self = .fixed(try Self.duration(tree, at: place))
            return
        }
        guard let (shape, numbers) = Array(object).first, object.count == 1 else {
            throw ConfigurationError("\(place): expected a time, or one of \(Self.shapes.joined(separator: ", "))")
        }
        let place = "\(place).\(shape)"
        func named(_ name: String) throws(ConfigurationError) -> Duration {
            guard let tree = numbers[name] else { throw ConfigurationError("\(place): expected \(name)") }
            return try Self.duration(tree, at: "\(place).\(name)")
        }
        switch shape {
        case "uniform":
            guard let bounds = numbers.array, bounds.count == 2 else {
                throw ConfigurationError("\(place): expected two times, such as [100ms, 300ms]")
            }
            self = .uniform(try Self.duration(bounds[0], at: place), try Self.duration(bounds[1], at: place))
        case "normal": self = .normal(mean: try named("mean"), deviation: try named("deviation"))
        case "lognormal": self = .lognormal(median: try named("median"), p99: try named("p99"))
        case "exponential": self = .exponential(mean: try named("mean"))
        default:
            throw ConfigurationError("\(place): no such shape: \(advice(for: shape, among: Self.shapes))")
        }
        if let fault { throw ConfigurationError("\(place): \(fault)") }
    }

    private static func duration(_ tree: JSON, at place: String) throws(ConfigurationError) -> Duration {
        if let seconds = tree.double, seconds >= 0 { return .seconds(seconds.withinDay) }
        guard let text = tree.string, let duration = Duration(typed: text), duration >= .zero else {
            throw ConfigurationError("\(place): expected a time such as 400ms, or seconds, got \(tree.text())")
        }
        return duration
    }
}
