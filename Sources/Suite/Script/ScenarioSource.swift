internal import Scenarios
internal import Words

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
            throw .usage(
                "no scenario \"\(name)\": \(advice(for: name, among: ScenarioLibrary.all.map(\.name))); "
                    + "a file of your own ends in .yaml or .json")
        }
        let bytes = name == "-" ? WholeFile.read(descriptor: 0) : WholeFile.read(name)
        guard let bytes else { throw .usage("cannot read \(name): \(lastSystemError())") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(name) is no text in UTF-8") }
        return (text, name == "-" ? "standard input" : name)
    }

    /// The scenario, if it is right for those fakes.
    func read(for vocabulary: Vocabulary) throws(SuiteError) -> Scenario {
        let (text, file) = try text()
        do throws(ScenarioProblems) {
            return try ScenarioReader(vocabulary: vocabulary, file: file).scenario(text)
        } catch {
            throw SuiteError(.usage, "\(error)")
        }
    }
}
