import Testing

@testable import GradioFake

@Suite struct AppFileTests {
    private func read(_ yaml: String, major: GradioMajor? = nil, options: [String: String] = [:]) throws
        -> AppDefinition
    {
        try AppDefinition(yaml: yaml, file: "app.yaml", major: major, options: options)
    }

    private func fault(_ yaml: String) -> AppFileError? {
        do {
            _ = try read(yaml)
            return nil
        } catch {
            return error as? AppFileError
        }
    }

    @Test(arguments: AppDefinition.bundledNames, GradioMajor.allCases)
    func `every app of the program can be played in every version`(name: String, major: GradioMajor) throws {
        let app = App(try AppDefinition.bundled(name, major: major))

        #expect(app.major == major)
        #expect(!app.functions.isEmpty)
        #expect(app.functions.allSatisfy { $0.inputs.count == $0.definition.inputs.count })
    }

    @Test func `an unknown app is refused with the nearest name`() {
        #expect {
            _ = try AppDefinition.bundled("wan2pg")
        } throws: { error in
            "\(error)".contains("did you mean \"wan2gp\"?")
        }
    }

    @Test func `a file without a version is played as the newest`() throws {
        #expect(try read("title: x").major == .six)
        #expect(try read("title: x\ngradio: 4").major == .four)
        #expect(try read("title: x\ngradio: 4", major: .five).major == .five)
    }

    @Test func `parts that belong to other versions or options are left out`() throws {
        let yaml = """
            components:
              - textbox: always
              - textbox: new
                since: 6
              - textbox: old
                until: 4
              - textbox: chosen
                option: CHAT
            """

        #expect(try read(yaml, major: .six).components.map(\.name) == ["always", "new"])
        #expect(try read(yaml, major: .four).components.map(\.name) == ["always", "old"])
        #expect(try read(yaml, major: .five, options: ["CHAT": "1"]).components.map(\.name) == ["always", "chosen"])
    }

    @Test(arguments: [
        ("titel: x", 1, 1, "unknown key \"titel\"; did you mean \"title\"?"),
        ("components:\n  - textbos: a", 2, 5, "Gradio 6 has no component type \"textbos\"; did you mean \"textbox\"?"),
        (
            "components:\n  - textbox: a\n    lable: x", 3, 5,
            "a textbox has no property \"lable\"; did you mean \"label\"?"
        ),
        (
            "components:\n  - textbox: text\nfunctions:\n  - api_name: f\n    inputs: [txet]", 5, 14,
            "there is no component with the name \"txet\"; did you mean \"text\"?"
        ),
        (
            "components:\n  - textbox: text\nfunctions:\n  - api_name: f\n    inputs: [text]\n    reply: \"{txt}\"", 6,
            12,
            "nothing is called \"txt\" here; did you mean \"text\"?"
        ),
        (
            "functions:\n  - api_name: f\n    do:\n      - slep: 1", 4, 9,
            "unknown key \"slep\"; did you mean \"sleep\"?"
        ),
        (
            "functions:\n  - api_name: f\n    reply: \"{uper('x')}\"", 3, 12,
            "there is no function \"uper\"; did you mean \"upper\"?"
        ),
        ("gradio: 7", 1, 9, "the versions of Gradio that can be played are 3, 4, 5 and 6"),
        ("launch: { max_file_size: big }", 1, 26, "expected a size in bytes such as 20480, 20kb or 5mb"),
        ("components:\n  - textbox: a\n  - textbox: a", 3, 14, "there is another component with the name \"a\""),
    ])
    func `a fault is named with its place and the nearest word`(
        yaml: String, line: Int, column: Int, message: String
    ) throws {
        let fault = try #require(self.fault(yaml))

        #expect(fault.line == line)
        #expect(fault.column == column)
        #expect(fault.message == message)
        #expect(fault.description == "app.yaml:\(line):\(column): \(message)")
    }

    @Test func `broken YAML is refused with its place`() throws {
        let fault = try #require(self.fault("title: x\n  - : ["))

        #expect(fault.line >= 2)
    }

    @Test func `sizes are written with units`() throws {
        #expect(try read("launch: { max_file_size: 20kb }").launch.maxFileSize == 20_480)
        #expect(try read("launch: { max_file_size: 5 }").launch.maxFileSize == 5)
    }
}
