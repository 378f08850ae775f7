public import JSONTree

/// An app file made of what a running Gradio app says of itself: the same page, the same API, believable answers.
///
/// The moulds of the version that is played say most of it; what the real app has otherwise stands in the file.
public struct GradioCapture: Sendable {
    /// The app file.
    public let file: String
    /// The version of the real app, as it says it.
    public let version: String
    /// What the file does not have, in sentences for people.
    public let notes: [String]

    /// Reads an app.
    ///
    /// - Parameters:
    ///   - config: what it answers to `GET /config`.
    ///   - info: its API description.
    ///   - url: where it is, for people.
    ///   - user: the name of one who may log in, if it wants a login. The password is not kept.
    /// - Throws: ``GradioCaptureFault`` for what is no Gradio app, or one of a version that is not played.
    public init(config: JSON, info: JSON, from url: String, user: String? = nil) throws(GradioCaptureFault) {
        guard let version = config["version"]?.string, config["components"]?.array != nil,
            config["dependencies"]?.array != nil
        else { throw GradioCaptureFault(message: "what it answers describes no Gradio app") }
        guard let number = Int(version.prefix { $0 != "." }), let major = GradioMajor(rawValue: number) else {
            throw GradioCaptureFault(message: "it is Gradio \(version); those of 3, 4, 5 and 6 can be played")
        }
        var page = CapturedPage(config, info: info, major: major)
        var functions = CapturedFunctions(config, info: info, page: &page)
        var head: JSONObject = [
            "app": .string(identifier(config["title"]?.string ?? "", else: "captured")),
            "title": .string(config["title"]?.string ?? "Gradio"),
            "source": .string("Captured from \(url), Gradio \(version)."), "gradio": .int(major.rawValue),
        ]
        if page.rootID != 0 { head["id"] = .int(page.rootID) }
        var launch = JSONObject()
        if config["show_error"]?.bool == true { launch["show_error"] = true }
        if let most = config["max_file_size"], most.int != nil { launch["max_file_size"] = most }
        if let user { launch["auth"] = .object([user: "change-me"]) }
        if !launch.isEmpty { head["launch"] = .object(launch) }

        func text() -> String {
            var tree = head
            tree["components"] = page.json
            tree["functions"] = functions.json
            return AppFileText.of(tree)
        }
        // What the moulds make of it shows what they have otherwise than the real app.
        let app: App
        do {
            app = App(try AppDefinition(yaml: text(), file: "the captured app"))
        } catch { throw GradioCaptureFault(message: "what it answers cannot be told as an app file: \(error)") }
        functions.tell(app.differences(to: config, info), of: app)
        let further = app.furtherConfig(config)
        if !further.isEmpty { head["config"] = .object(further) }
        file = text()
        self.version = version
        var notes = page.notes
        if config["pages"]?.array?.count ?? 1 > 1 { notes.append("It has several pages; only the first is played.") }
        if user != nil { notes.append("The file does not have the real password, but \"change-me\".") }
        self.notes = notes
    }
}

/// Why an app cannot be captured.
public struct GradioCaptureFault: Error, Sendable, CustomStringConvertible {
    let message: String

    public var description: String { message }
}

/// A name in the letters of Python, made of any text.
func identifier(_ text: String, else fallback: String) -> String {
    var name = ""
    for character in text.lowercased() {
        if character.isASCII, character.isLetter || character.isNumber {
            name.append(character)
        } else if !name.isEmpty, name.last != "_" {
            name.append("_")
        }
        if name.count == 40 { break }
    }
    while name.last == "_" { name.removeLast() }
    if name.first?.isNumber == true { name = "_" + name }
    return name.isEmpty ? fallback : name
}
