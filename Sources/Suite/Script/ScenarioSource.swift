internal import ArgumentParser
internal import Glibc
internal import Scenarios
internal import Words

extension CompletionKind {
    /// For shells: the scenarios that come with the suite, and the files here that may be others.
    static var scenarios: CompletionKind {
        .custom { _, _, _ in ScenarioLibrary.all.map(\.name) + yamlFilesHere() }
    }
}

/// The names of the YAML files of the folder that the shell stands in.
func yamlFilesHere() -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    // One after the other; a pattern that fits nothing adds nothing.
    _ = unsafe glob("*.yaml", 0, nil, &found)
    _ = unsafe glob("*.yml", GLOB_APPEND, nil, &found)
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
        unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
}

/// What somebody typed to name a scenario: one that comes with the suite, or a file.
struct ScenarioSource {
    private let name: String

    init(_ name: String) {
        self.name = name
    }

    /// The text, and what to call it in complaints.
    func text() throws(SuiteError) -> (text: String, file: String) {
        if let text = ScenarioLibrary.text(of: name) { return (text, name) }
        let looksLikeFile = name.contains("/") || name.contains(".")
        if name != "-", !looksLikeFile {
            throw SuiteError(
                .usage,
                "no scenario \"\(name.printable)\": \(advice(for: name, among: ScenarioLibrary.all.map(\.name)))\n"
                    + "  (a file of your own ends in .yaml or .json)")
        }
        let bytes = name == "-" ? WholeFile.read(descriptor: 0) : WholeFile.read(name)
        guard let bytes else { throw .usage("cannot read \(name): \(lastSystemError())") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(name) is no text in UTF-8") }
        return (text, name == "-" ? "standard input" : name)
    }

    /// The scenario, or all that is wrong with it.
    func check(for vocabulary: Vocabulary) throws(SuiteError) -> Result<Scenario, ScenarioProblems> {
        let (text, file) = try text()
        return Result { () throws(ScenarioProblems) in
            try ScenarioReader(vocabulary: vocabulary, file: file).scenario(text)
        }
    }

    /// The scenario, if it is right for those fakes.
    func read(for vocabulary: Vocabulary) throws(SuiteError) -> Scenario {
        switch try check(for: vocabulary) {
        case .success(let scenario): return scenario
        case .failure(let found): throw .problems(found.problems.map(\.description))
        }
    }
}
