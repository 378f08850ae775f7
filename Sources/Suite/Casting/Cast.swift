public import ComfyUIFake
internal import Fakes

/// Who plays the parts: makes each fake as the settings say, and as an executable's own flags add.
public struct Cast: Sendable {
    /// Changes the setup of the fake ComfyUI last.
    public var tuneComfyUI: @Sendable (inout ComfyUIConfiguration) throws -> Void = { _ in }
    /// The fakes as the settings have them.
    public init() {}

    /// The fake that plays a part.
    func fake(for part: SuiteConfiguration.Fake, of suite: SuiteConfiguration, in environment: FakeEnvironment) throws
        -> any Fake
    {
        do {
            return switch part.kind {
            case .comfyui: try comfyUI(suite.comfyUI, environment)
            case .litellm, .gradio: throw SuiteError(.start, "\(environment.id) is not there yet")
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
        try tuneComfyUI(&setup)
        return try FakeComfyUI(environment: environment, setup: setup)
    }

    private static func contents(_ file: String) throws(SuiteError) -> [UInt8] {
        guard let bytes = WholeFile.read(file) else { throw .usage("cannot read \(file): \(lastSystemError())") }
        return bytes
    }
}
