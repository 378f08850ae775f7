public import Terminal

/// The addresses of a suite, for people: one fake a line, in columns.
public struct AddressTable: Sendable {
    private let readyLine: ReadyLine
    private let ink: Ink

    /// The addresses in that line, with that ink.
    public init(_ readyLine: ReadyLine, ink: Ink) {
        self.readyLine = readyLine
        self.ink = ink
    }

    /// The lines, without a heading.
    public var text: String {
        var rows = readyLine.fakes.map { (name: $0.id, title: Self.title(of: $0), urls: $0.urls) }
        if let control = readyLine.control { rows.append(("control", "control server", [control])) }
        let names = rows.map(\.name)
        let titles = rows.map(\.title)
        return rows.indices.map { index in
            let addresses = rows[index].urls.map { ink.address($0) }.joined(separator: "  ")
            let title = ink.faint(padded(titles[index], titles))
            return "  \(ink.strong(padded(names[index], names)))  \(title)  \(addresses)\n"
        }.joined()
    }

    private static func title(of fake: ReadyLine.Fake) -> String {
        switch fake.kind {
        case "comfyui": "ComfyUI"
        case "litellm": "LiteLLM proxy"
        default: "Gradio app"
        }
    }

    private func padded(_ word: String, _ column: [String]) -> String {
        let width = column.map(\.count).max() ?? 0
        return word + String(repeating: " ", count: width - word.count)
    }
}
