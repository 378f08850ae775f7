internal import ArgumentParser
internal import GradioFake
internal import Words

extension CompletionKind {
    /// For shells: the apps that come with the suite, and the files here that may be others.
    static var apps: CompletionKind {
        .custom { _, _, _ in AppDefinition.bundledNames + yamlFilesHere() }
    }
}

/// What somebody typed to name an app: one that comes with the suite, or a file.
struct AppSource {
    private let name: String

    init(_ name: String) {
        self.name = name
    }

    /// What to call it in complaints.
    var file: String { name == "-" ? "standard input" : name }

    /// The text of its file.
    func text() throws(SuiteError) -> String {
        if let text = AppDefinition.bundledFile(name) { return text }
        if name != "-", !name.contains("/"), !name.contains(".") {
            throw SuiteError(
                .usage,
                "no app \"\(name.printable)\": \(advice(for: name, among: AppDefinition.bundledNames))\n"
                    + "  (a file of your own ends in .yaml)")
        }
        let bytes = name == "-" ? WholeFile.read(descriptor: 0) : WholeFile.read(name)
        guard let bytes else { throw .usage("cannot read \(name): \(lastSystemError())") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(name) is no text in UTF-8") }
        return text
    }
}

extension GradioMajor {
    /// The version that `--major` asks for; nil if it does not.
    static func asked(_ major: Int?) throws(SuiteError) -> GradioMajor? {
        guard let major else { return nil }
        guard let version = GradioMajor(rawValue: major) else {
            throw SuiteError.usage("--major: expected 6, 5, 4 or 3, got \(major)")
        }
        return version
    }
}
