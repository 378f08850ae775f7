public import ArgumentParser
internal import Words

/// What `understudy doctor` can be asked.
///
/// Two programs read it: `understudy`, for its help, its completions and its complaints, and `understudy-doctor`, which does
/// the work and is the only one of them that links Connectivity.
public struct DoctorOptions: ParsableArguments {
    @Option(
        name: .customLong("url"),
        help: ArgumentHelp(
            "Look for a service there, and nowhere else. Repeatable.", valueName: "service=url"),
        transform: ServiceAddress.init(typed:))
    public var urls: [ServiceAddress] = []

    @Option(
        help: ArgumentHelp(
            "The services to look for: \(DoctorOptions.services.joined(separator: ", ")).", valueName: "service,…"),
        transform: DoctorOptions.names)
    public var only: [String]?

    @Option(
        help: ArgumentHelp(
            "The configuration. (default: ./movie-director.yaml or .json, then ~/.movie-director, then /etc/movie-director)",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    public var config: String?

    @Option(
        help: ArgumentHelp(
            "How long the search for a service may take, and each question to it. (default: 5s)", valueName: "time"),
        transform: DoctorOptions.time)
    public var timeout: Duration = .seconds(5)

    @Flag(help: "Print one JSON object on one line.")
    public var json = false

    @Flag(help: "Look again and again, until interrupted.")
    public var watch = false

    @Option(
        help: ArgumentHelp("The time between two looks. (default: 5s)", valueName: "time"),
        transform: DoctorOptions.time)
    public var every: Duration = .seconds(5)

    /// For ArgumentParser.
    public init() {}

    /// The services that there are to look for.
    public static let services = ["comfyui", "wan2gp", "litellm", "rvc", "audioldm"]

    /// What the command is for, in its help.
    public static let abstract = "Find the services of an application, and say how they are."

    /// The same at length.
    public static let discussion = """
        Each service is searched for where the application's configuration says, then at its usual ports, recognised by \
        what it answers, and asked as a client would ask it.
        MOVIE_DIRECTOR_{SERVICE}_{URL,ENABLED,TIMEOUT,API_KEY} win over the configuration file.
          understudy doctor --url litellm=http://gpu:4000 --only litellm
          understudy doctor --json | jq '.services[] | select(.status != "healthy")'
        The exit status is 0 if every service was found and answered, 1 if one did not, and 2 for wrong usage or a wrong \
        configuration.
        """

    private static func names(_ text: String) throws -> [String] {
        try text.split(separator: ",").map { try service(String($0)) }
    }

    /// A service by its name.
    static func service(_ name: String) throws -> String {
        guard services.contains(name) else {
            throw ValidationError("unknown service \"\(name.printable)\": \(advice(for: name, among: services))")
        }
        return name
    }

    private static func time(_ text: String) throws -> Duration {
        guard let time = Duration(typed: text), time > .zero else {
            throw ValidationError("expected a time above zero, such as 2s, 500ms or 1m, got \"\(text.printable)\"")
        }
        return time
    }
}

/// Where to look for a service: `litellm=http://gpu:4000`.
public struct ServiceAddress: Sendable, Decodable {
    public let service: String
    /// As it was typed.
    public let url: String

    init(typed text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw ValidationError(
                "expected a service and its URL, such as litellm=http://gpu:4000, got \"\(text.printable)\"")
        }
        service = try DoctorOptions.service(parts[0])
        url = parts[1]
    }
}
