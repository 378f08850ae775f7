public import ComfyUIFake
internal import Fakes
public import GradioFake
internal import JSONTree
public import LiteLLMFake

/// Who plays the parts: makes each fake as the settings say, and as an executable's own flags add.
public struct Cast: Sendable {
    /// Changes the setup of the fake ComfyUI last.
    public var tuneComfyUI: @Sendable (inout ComfyUIConfiguration) throws -> Void = { _ in }
    /// Changes the setup of the fake LiteLLM proxy last.
    public var tuneLiteLLM: @Sendable (inout LiteLLMConfiguration) throws -> Void = { _ in }
    /// Changes the setup of each fake Gradio last.
    public var tuneGradio: @Sendable (inout GradioConfiguration) throws -> Void = { _ in }
    /// The version of Gradio that is played, unless an app's file says so itself.
    public var gradioMajor: GradioMajor?
    /// What the `$NAME` of a Gradio app's file stand for.
    public var gradioOptions: [String: String] = [:]

    /// The fakes as the settings have them.
    public init() {}

    /// The fake that plays a part.
    func fake(for part: SuiteConfiguration.Fake, of suite: SuiteConfiguration, in environment: FakeEnvironment) throws
        -> any Fake
    {
        do {
            return switch part.kind {
            case .comfyui: try comfyUI(suite.comfyUI, environment)
            case .litellm: try liteLLM(suite.liteLLM, environment)
            case .gradio: try gradio(part, suite.gradio, environment)
            }
        } catch let error as SuiteError {
            throw error
        } catch {
            // A file that a fake cannot play: it says which, and where.
            throw SuiteError.usage("\(error)")
        }
    }

    private func comfyUI(_ settings: ComfyUISettings, _ environment: FakeEnvironment) throws -> any Fake {
        var setup = ComfyUIConfiguration()
        if let profile = settings.profile { setup.profile = try known(profile, "profile") }
        setup.nodeFiles = try (settings.nodes ?? []).map { try Self.contents($0) }
        setup.crossOrigin = settings.corsOrigin
        setup.webInterface = settings.frontend
        for (folder, names) in settings.models ?? [:] {
            setup.models.files[folder] = ModelFolders.files(names, in: folder)
        }
        try tuneComfyUI(&setup)
        return try FakeComfyUI(environment: environment, setup: setup)
    }

    private func liteLLM(_ settings: LiteLLMSettings, _ environment: FakeEnvironment) throws -> any Fake {
        var setup = try settings.config.map { try LiteLLMConfiguration(file: $0) } ?? .desk
        if let described = settings.described { try setup.describe(described.fields, at: described.place) }
        try tuneLiteLLM(&setup)
        return FakeLiteLLM(setup, environment: environment)
    }

    private func gradio(
        _ part: SuiteConfiguration.Fake, _ settings: GradioSettings, _ environment: FakeEnvironment
    ) throws -> any Fake {
        let app =
            switch part.app {
            case .file(let file):
                try AppDefinition(
                    yaml: String(decoding: Self.contents(file), as: UTF8.self), file: file, major: gradioMajor,
                    options: gradioOptions)
            case .builtIn(let name):
                try AppDefinition.bundled(name, major: gradioMajor, options: gradioOptions)
            case nil: preconditionFailure("a fake Gradio without an app: the settings give each one")
            }
        var setup = GradioConfiguration(app: app)
        setup.webInterface = try settings.frontend.map { try GradioWebInterface(folder: $0) }
        try tuneGradio(&setup)
        return FakeGradio(environment, configuration: setup)
    }

    private static func contents(_ file: String) throws(SuiteError) -> [UInt8] {
        guard let bytes = WholeFile.read(file) else { throw .usage("cannot read \(file): \(lastSystemError())") }
        return bytes
    }
}
