public import ArgumentParser
public import LiteLLMFake
internal import Scenarios

/// The flags that only a fake LiteLLM proxy has.
public struct LiteLLMOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("A real proxy's config.yaml; it may have a section \"understudy\".", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp("The key that clients must send; none unless the configuration says so.", valueName: "key"))
    var masterKey: String?

    @Option(
        help: ArgumentHelp(
            "How fast models are: none, small or large; first and further tokens, and slower when many ask.",
            valueName: "none|small|large"))
    var profile: String?

    @Option(help: ArgumentHelp("How long the first token takes, such as 400ms.", valueName: "time"))
    var firstToken: String?

    @Option(help: ArgumentHelp("How long each further token takes, such as 20ms.", valueName: "time"))
    var betweenTokens: String?

    @Option(
        help: ArgumentHelp("What models say: sentences, echo, or this very text.", valueName: "sentences|echo|text"))
    var answers: String?

    @Option(
        help: ArgumentHelp(
            "How many threads it has: one for keys, budgets and answers, the others for connections.",
            valueName: "number"))
    var loops: String?

    /// For ArgumentParser.
    public init() {}

    /// What these flags say, as far as the settings have it too.
    public func settings() throws -> Settings {
        var settings = Settings()
        settings.liteLLM.config = config
        if let loops { settings.liteLLM.loops = try Settings.loops(loops, place: "--loops") }
        return settings
    }

    /// Changes a setup as the other flags say.
    public func tune(_ setup: inout LiteLLMConfiguration) throws {
        if let masterKey { setup.proxy.masterKey = masterKey }
        if let profile { setup.pacing = try Pacing.profile(profile, at: "--profile") }
        if let firstToken { setup.pacing.firstToken = .fixed(try Duration(text: firstToken)) }
        if let betweenTokens { setup.pacing.betweenTokens = .fixed(try Duration(text: betweenTokens)) }
        if let answers { setup.answers = .init(named: answers) }
    }
}
