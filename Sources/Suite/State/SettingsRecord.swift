internal import JSONTree

/// What a suite was asked to be, in words: kept beside its ready line, so that the next `up` can tell whether it asks for
/// the same.
///
/// Left out is what each `up` has for itself: how and where it writes the ready line.
struct SettingsRecord: Sendable, Equatable {
    /// The words in the order of the documentation; what was left as it is has none.
    private let words: [Word]

    private struct Word: Sendable, Equatable {
        let name: String
        let value: String
    }

    init(_ suite: SuiteConfiguration) {
        let fakes = suite.fakes.map { fake in
            let ports = fake.ports.map { String($0) }.joined(separator: ",")
            return if case .file(let file)? = fake.app { "\(fake.id)=\(ports) (\(file))" } else {
                "\(fake.id)=\(ports)"
            }
        }
        let words: [(String, String?)] = [
            ("fakes", fakes.joined(separator: " ")),
            ("seed", "\(suite.seed)"),
            ("speed", "\(suite.speed)"),
            ("host", suite.host),
            ("tls", suite.tls.map { "\($0.certificate) \($0.key)" }),
            ("log-format", suite.logFormat.rawValue),
            ("verbose", "\(suite.isVerbose)"),
            ("profile", suite.comfyUI.profile),
            ("nodes", suite.comfyUI.nodes?.joined(separator: " ")),
            ("cors", suite.comfyUI.corsOrigin),
            ("frontend", suite.comfyUI.frontend),
            (
                "models",
                suite.comfyUI.models?.sorted { $0.key < $1.key }
                    .map { "\($0)=\($1.joined(separator: ","))" }.joined(separator: " ")
            ),
            ("config", suite.liteLLM.config),
            ("loops", suite.liteLLM.loops.map { "\($0)" }),
            ("litellm", suite.liteLLM.described.map { JSON.object($0.fields).text() }),
            ("gradio-frontend", suite.gradio.frontend),
            ("control", suite.controlPort.map { "\($0)" } ?? "off"),
            ("scenario", suite.scenario),
        ]
        self.words = words.compactMap { name, value in value.map { Word(name: name, value: $0) } }
    }

    /// Reads a record that was written before; nil if it is none.
    init?(text: String) {
        // Half a record or none tells nothing, whatever is wrong with it.
        guard let object = JSON.found(in: text)?.object else { return nil }
        words = object.compactMap { name, value in value.string.map { Word(name: name, value: $0) } }
    }

    /// The record as it is kept: one JSON object on one line.
    var text: String {
        var object: JSONObject = [:]
        for word in words { object.append(word.name, .string(word.value)) }
        return JSON.object(object).text()
    }

    /// Where `asked` wants something else, a line each: `seed: 7 (asked for: 42)`.
    func differences(from asked: SettingsRecord) -> [String] {
        let names = words.map(\.name) + asked.words.map(\.name).filter { self[$0] == nil }
        return names.filter { self[$0] != asked[$0] }.map { name in
            "\(name): \(self[name] ?? "as usual") (asked for: \(asked[name] ?? "as usual"))"
        }
    }

    private subscript(name: String) -> String? {
        words.first { $0.name == name }?.value
    }
}
