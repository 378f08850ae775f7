public import ArgumentParser
public import ComfyUIFake
internal import Words

/// The flags that only a fake ComfyUI has; those that the real server has too are spelled as its own.
public struct ComfyUIOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "\"strict\" ignores the story's messages, as the real server does; \"gpu\" is as slow as a graphics card.",
            valueName: "standard|strict|gpu"))
    var profile: String?

    @Option(
        name: [.long, .customLong("object-info")],
        help: ArgumentHelp("Further node classes, or a dump of /object_info, in JSON. Repeatable.", valueName: "file"))
    var nodes: [String] = []

    @Option(
        defaultAsFlag: "*",
        help: ArgumentHelp("Allow pages of other origins; without a value, of any.", valueName: "origin"))
    var enableCorsHeader: String?

    @Option(
        help: ArgumentHelp(
            "Serve the web interface: where comfyui-frontend-package is installed or unpacked.", valueName: "folder"))
    var frontEndRoot: String?

    @Flag(help: "Offer no models, as a server just installed.")
    var noModels = false

    @Flag(help: "Keep the results that the latest prompt has a use for. (default)")
    var cacheClassic = false

    @Option(help: ArgumentHelp("Keep the results of so many nodes.", valueName: "number"))
    var cacheLru: Int?

    @Flag(help: "Keep no results.")
    var cacheNone = false

    @Option(help: ArgumentHelp("How samplers show what they do: none, auto, latent2rgb, taesd.", valueName: "method"))
    var previewMethod: String?

    @Flag(help: "Tell users apart by the header comfy-user.")
    var multiUser = false

    @Option(help: ArgumentHelp("The largest upload. (default: 100)", valueName: "megabytes"))
    var maxUploadSize: Int?

    @Flag(help: "Tell of a machine without a graphics card.")
    var cpu = false

    @Option(help: ArgumentHelp("How long a step of a sampler takes, such as 100ms.", valueName: "time"))
    var stepTime: String?

    @Flag(help: "Leave prompt and workflow out of pictures.")
    var disableMetadata = false

    @Option(
        help: ArgumentHelp(
            "The most that uploads and outputs may take in memory. (default: 268435456)", valueName: "bytes"))
    var fileBytes: Int?

    /// For ArgumentParser.
    public init() {}

    /// What these flags say, as far as the settings have it too.
    public var settings: Settings {
        var settings = Settings()
        settings.comfyUI.profile = profile
        settings.comfyUI.nodes = nodes.isEmpty ? nil : nodes
        settings.comfyUI.corsOrigin = enableCorsHeader
        settings.comfyUI.frontend = frontEndRoot
        return settings
    }

    /// Changes a setup as the other flags say.
    public func tune(_ setup: inout ComfyUIConfiguration) throws {
        if noModels { setup.models = .none }
        if cacheClassic { setup.cache = .classic }
        if let cacheLru { setup.cache = .recent(cacheLru) }
        if cacheNone { setup.cache = .none }
        if let previewMethod { setup.previewMethod = try known(previewMethod, "--preview-method") }
        if multiUser { setup.isMultiUser = true }
        if let maxUploadSize { setup.maximumUploadMegabytes = maxUploadSize }
        if cpu { setup.machine = .withoutCard }
        if disableMetadata { setup.writesMetadata = false }
        if let fileBytes { setup.fileBytes = fileBytes }
        if let stepTime { setup.pace.step = try Duration(text: stepTime) }
    }
}

/// One of a set of words, or advice.
func known<Word: RawRepresentable & CaseIterable>(_ text: String, _ place: String) throws(SuiteError) -> Word
where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
        throw .usage("\(place): unknown word \"\(text)\": \(advice(for: text, among: Word.allCases.map(\.rawValue)))")
    }
    return word
}
