import JSONTree
import Testing

@testable import GradioFake

/// Each value and each text was given by the real package 6.31.0.
@Suite struct ComponentValuesTests {
    private static let page = """
        components:
          - textbox: t
          - number: n
            minimum: 0
            maximum: 5
          - number: n0
            precision: 0
          - dropdown: d
            choices: [a, b]
            multiselect: true
          - dropdown: one
            choices: [a, b]
          - radio: r
            choices: [x, y]
          - checkboxgroup: cg
            choices: [p, q]
          - checkbox: c
          - slider: s
            minimum: 0
            maximum: 10
          - file: f
          - image: im
          - json: js
          - label_: lb
          - chatbot: ch
          - dataframe: df
          - highlightedtext: hl
          - markdown: md
          - code: cd
        """.replacing("label_:", with: "Label:")

    private func app(_ component: String) throws -> App {
        App(
            try AppDefinition(
                yaml: Self.page
                    + "\nfunctions:\n  - { api_name: f, inputs: { x: \(component) }, outputs: [\(component)], reply: 1 }",
                file: "page.yaml"))
    }

    private func through(_ value: String, _ component: String, isInput: Bool) throws -> JSON {
        var files = FileStore(style: .sha256)
        let function = try app(component).functions[0]
        let values = ComponentValues(major: .six, root: "http://x")
        let given = [try JSON(parsing: value)]
        return isInput
            ? try values.arguments(given, of: function, files: &files)[0]
            : try values.results(given, of: function, files: &files)[0]
    }

    @Test(arguments: [
        ("t", "5", "\"5\""), ("t", "null", "null"), ("t", #"{"a":1}"#, "\"{'a': 1}\""), ("t", "true", "\"True\""),
        ("n", "1.5", "1.5"), ("n", "true", "true"), ("n0", "1.5", "2"), ("n0", "2.7", "3"), ("n0", "null", "null"),
        ("d", #"["a"]"#, #"["a"]"#), ("d", "[]", "[]"), ("r", "\"x\"", "\"x\""), ("r", "null", "null"),
        ("cg", "\"p\"", "\"p\""), ("c", "0", "0"), ("s", "3", "3"), ("js", "\"x\"", "\"x\""), ("f", "null", "null"),
    ])
    func `arguments reach the function as in the real server`(component: String, value: String, result: String) throws {
        #expect(try through(value, component, isInput: true).text() == result)
    }

    @Test(arguments: [
        ("n", "9", "Value 9 is greater than maximum value 5."),
        ("n", "-1", "Value -1 is less than minimum value 0."),
        ("s", "50", "Value 50 is greater than maximum value 10."),
        ("one", "\"z\"", "Value: z is not in the list of choices: ['a', 'b']"),
        ("d", #"["z"]"#, "Value: 'z' (type: <class 'str'>) is not in the list of choices: ['a', 'b']"),
        ("r", "5", "Value: 5 (type: <class 'int'>) is not in the list of choices: ['x', 'y']"),
        ("cg", #"["z"]"#, "Value: 'z' (type: <class 'str'>) is not in the list of choices: ['p', 'q']"),
    ])
    func `values that do not fit are refused in words that clients always see`(
        component: String, value: String, message: String
    ) {
        #expect(throws: AppFailure.refusal(message)) { try through(value, component, isInput: true) }
    }

    @Test func `what cannot be processed at all is a plain exception`() throws {
        let failure = #expect(throws: AppFailure.self) { try through("\"text\"", "s", isInput: true) }

        #expect(
            failure
                == .exception(
                    type: "PreprocessError",
                    message: """
                        Could not preprocess input component at index 0 (a `slider` component) of the event handler \
                        with input components: [slider].

                        Expected a `float`, but the value passed to the event handler was: 'text' (of type `str`).

                        Original error: TypeError: '<' not supported between instances of 'str' and 'int'
                        """))
    }

    @Test(arguments: ["\"/etc/passwd\"", #"{"path":"/etc/passwd"}"#, "5", #"{"a":1}"#, "[]"])
    func `only objects that say that they are files are files`(value: String) {
        #expect {
            _ = try through(value, "f", isInput: true)
        } throws: { error in
            ((error as? AppFailure)?.message ?? "").contains("The 'meta' field must be explicitly provided")
        }
    }

    @Test func `a path that was not uploaded here is refused`() {
        #expect(
            throws: AppFailure.exception(
                type: "InvalidPathError",
                message: "Cannot move /etc/passwd to the gradio cache dir because it was not uploaded by a user.")
        ) {
            try through(#"{"path":"/etc/passwd","meta":{"_type":"gradio.FileData"}}"#, "f", isInput: true)
        }
    }

    @Test(arguments: [
        ("t", "1.5", "\"1.5\""), ("t", "[1,2]", "\"[1, 2]\""), ("n", "\"a\"", "\"a\""), ("n0", "1.5", "2"),
        ("d", "\"zz\"", #"["zz"]"#), ("d", "null", "null"), ("cg", "null", "[]"), ("cg", "\"p\"", #"["p"]"#),
        ("c", "null", "false"), ("c", "\"x\"", "true"), ("s", "null", "0"), ("js", #""{\"a\":1}""#, #"{"a":1}"#),
        (
            "lb", #"{"a":0.5,"b":0.25,"c":0.6}"#,
            #"{"label":"c","confidences":[{"label":"c","confidence":0.6},{"label":"a","confidence":0.5},{"label":"b","confidence":0.25}]}"#
        ),
        ("lb", "\"cat\"", #"{"label":"cat","confidences":null}"#), ("lb", "null", "{}"),
        (
            "ch", #"[{"role":"user","content":"hi"}]"#,
            #"[{"role":"user","metadata":null,"content":[{"text":"hi","type":"text"}],"options":null}]"#
        ),
        ("ch", "null", "[]"), ("df", "[[1,2],[3,4]]", #"{"headers":["1","2"],"data":[[1,2],[3,4]],"metadata":null}"#),
        ("hl", #"[["a","X"]]"#, #"[{"token":"a","class_or_confidence":"X"}]"#), ("md", "null", "null"),
    ])
    func `results reach the client as in the real server`(component: String, value: String, result: String) throws {
        #expect(try through(value, component, isInput: false).text() == result)
    }

    @Test func `a file that no function made is not sent`() {
        #expect {
            _ = try through("\"/etc/passwd\"", "f", isInput: false)
        } throws: { error in
            ((error as? AppFailure)?.message ?? "").contains("Cannot move /etc/passwd to the gradio cache dir")
        }
    }

    @Test func `too few values are counted in the real words`() throws {
        var files = FileStore(style: .sha256)
        let function = try app("t").functions[0]

        let failure = #expect(throws: AppFailure.self) {
            try ComponentValues(major: .six, root: "").arguments([], of: function, files: &files)
        }

        let message = failure?.message ?? ""
        #expect(message.contains("didn't receive enough input values (needed: 1, got: 0)."))
    }
}
