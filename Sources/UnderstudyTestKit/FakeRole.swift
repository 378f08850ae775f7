public import ComfyUIFake
public import Fakes
public import GradioFake
public import LiteLLMFake
internal import Scenarios
internal import SocketServer
internal import Synchronization

/// What a test wants to have played: one fake, and perhaps what goes wrong with it.
///
/// ```swift
/// try await withFake(.comfyUI(scenario: "busy-gpu")) { fake in … }
/// try await withFakes([.comfyUI, .liteLLM, .gradio(app: "rvc")], scenario: badDay) { fakes in … }
/// ```
public struct FakeRole: Sendable {
    /// The fake's name, which is part of its luck, and which rules may name: `gradio.wan2gp`.
    public let id: String
    let app: String?
    let scenario: (any ScenarioSource)?
    let make: @Sendable (FakeEnvironment) throws -> any Fake

    /// A fake of one's own.
    ///
    /// - Parameter make: makes it in the environment that it is to live in; again when it begins anew.
    public init(
        id: String = "fake", app: String? = nil, scenario: (any ScenarioSource)? = nil,
        _ make: @escaping @Sendable (FakeEnvironment) throws -> any Fake
    ) {
        self.id = id
        self.app = app
        self.scenario = scenario
        self.make = make
    }

    /// ComfyUI 0.27.1.
    public static func comfyUI(
        id: String = "comfyui", scenario: (any ScenarioSource)? = nil,
        _ configuration: ComfyUIConfiguration = ComfyUIConfiguration()
    ) -> FakeRole {
        FakeRole(id: id, scenario: scenario) { try FakeComfyUI(environment: $0, setup: configuration) }
    }

    /// ComfyUI 0.27.1, as it is.
    public static var comfyUI: FakeRole { .comfyUI() }

    /// The LiteLLM proxy 1.109.1.
    public static func liteLLM(
        id: String = "litellm", scenario: (any ScenarioSource)? = nil, _ configuration: LiteLLMConfiguration = .desk
    ) -> FakeRole {
        FakeRole(id: id, scenario: scenario) { FakeLiteLLM(configuration, environment: $0) }
    }

    /// The LiteLLM proxy 1.109.1, as it is.
    public static var liteLLM: FakeRole { .liteLLM() }

    /// Gradio with an app.
    ///
    /// - Parameters:
    ///   - app: `wan2gp`, `audioldm`, `rvc` or `echo`, or the text of an app's own YAML file.
    ///   - id: the app's name, or `gradio` for an app of one's own, if nil.
    public static func gradio(
        app: String = "echo", major: GradioMajor? = nil, id: String? = nil, scenario: (any ScenarioSource)? = nil
    ) -> FakeRole {
        let isText = app.contains("\n")
        return FakeRole(id: id ?? (isText ? "gradio" : app), app: isText ? nil : app, scenario: scenario) {
            let app =
                isText
                ? try AppDefinition(yaml: app, file: "app.yaml", major: major)
                : try AppDefinition.bundled(app, major: major)
            return FakeGradio($0, configuration: GradioConfiguration(app: app))
        }
    }

    private static let known = Mutex<Vocabulary?>(nil)

    /// All that scenarios may speak of, whoever plays: those of the library speak of several fakes. Made once.
    static func vocabulary(on loop: EventLoop) throws -> Vocabulary {
        if let known = known.withLock(\.self) { return known }
        let roles = [.comfyUI, .liteLLM] + AppDefinition.bundledNames.map { FakeRole.gradio(app: $0) }
        let vocabulary = Vocabulary(
            joining: try roles.map { ($0.id, try $0.make(FakeEnvironment(id: $0.id, loop: loop)).vocabulary) })
        known.withLock { $0 = vocabulary }
        return vocabulary
    }
}
