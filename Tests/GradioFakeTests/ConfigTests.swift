import JSONTree
import Testing

@testable import GradioFake

@Suite struct ConfigTests {
    private let yaml = """
        title: page
        components:
          - textbox: a
            label: A
          - slider: s
            minimum: 0
            maximum: 10
          - json: j
          - tab: first
            label: First
            children:
              - textbox: b
              - number: n
                precision: 0
                value: 3
              - button: go
          - state: memory
            value: 5
        functions:
          - api_name: f
            trigger: go
            inputs: { text: a, amount: n, seen: memory }
            outputs: [j]
            optional: [text]
            reply: 1
          - { api_name: f, inputs: [a], outputs: [b], reply: 1 }
          - { api_name: secret, inputs: [a], outputs: [b], visibility: private, reply: 1 }
          - { api_name: quiet, inputs: [a], outputs: [b], visibility: undocumented, reply: 1 }
        """

    private func app(_ major: GradioMajor = .six) throws -> App {
        App(try AppDefinition(yaml: yaml, file: "page.yaml", major: major))
    }

    private func config(_ major: GradioMajor = .six) throws -> JSON {
        try app(major).config(root: "http://h", appID: .max, user: nil, showError: false, maxFileSize: nil)
    }

    @Test func `ids follow the order of making, forms and tabs come when their container is complete`() throws {
        let layout = try config()["layout"]

        #expect(
            layout?.text()
                == #"{"id":0,"children":[{"id":10,"children":[{"id":1},{"id":2}]},{"id":3},"#
                + #"{"id":11,"children":[{"id":4,"children":[{"id":8,"children":[{"id":5},{"id":6}]},{"id":7}]}]},{"id":9}]}"#
        )
    }

    @Test func `what an app file says stands where the real package puts it, and null is left out`() throws {
        let components = try #require(try config()["components"]?.array)
        let textbox = try #require(components.first { $0["id"] == 1 }?["props"]?.object)
        let slider = try #require(components.first { $0["id"] == 2 }?["props"]?.object)

        #expect(textbox.keys.prefix(4) == ["type", "lines", "label", "show_label"])
        #expect(slider.keys.prefix(4) == ["minimum", "maximum", "value", "step"])
        #expect(slider["value"] == 0)
        #expect(slider["step"] == 0.1)
    }

    @Test func `an app id above 2 to the 63 keeps its digits`() throws {
        #expect(try config().text().contains("\"app_id\":18446744073709551615"))
    }

    @Test func `the value of a state stays on the server`() throws {
        let components = try #require(try config()["components"]?.array)
        let state = try #require(components.first { $0["type"] == "state" })

        #expect(state["props"]?["value"] == nil)
        #expect(state["skip_api"] == true)
        #expect(try config()["connect_heartbeat"] == true)
    }

    @Test func `functions of one name are numbered`() throws {
        let names = try #require(try config()["dependencies"]?.array).map { $0["api_name"] }

        #expect(names == ["f", "f_1", "secret", "quiet"])
    }

    @Test func `before 6 a private function has no name`() throws {
        let names = try #require(try config(.five)["dependencies"]?.array).map { $0["api_name"] }

        #expect(names == ["f", "f_1", false, "quiet"])
    }

    @Test(
        arguments: [
            (GradioMajor.six, "/gradio_api", "sse_v3"), (.five, "/gradio_api", "sse_v3"), (.four, nil, "sse_v3"),
            (.three, nil, nil),
        ] as [(GradioMajor, String?, String?)])
    func `each version names its prefix and protocol`(major: GradioMajor, prefix: String?, wire: String?) throws {
        let config = try config(major)

        #expect(config["version"]?.string == major.version)
        #expect(config["api_prefix"]?.string == prefix)
        #expect(config["protocol"]?.string == wire)
        #expect(config["root"] == (major == .three ? "" : "http://h"))
    }

    @Test func `the description leaves out states, private functions and, unless asked, undocumented ones`() throws {
        let app = try app()
        let some = app.description(root: "http://h", all: false)["named_endpoints"]?.object
        let all = app.description(root: "http://h", all: true, hasExamples: false)["named_endpoints"]?.object

        #expect(some?.keys == ["/f", "/f_1"])
        #expect(all?.keys == ["/f", "/f_1", "/quiet"])
        #expect(some?["/f"]?["code_snippets"]?.object?.keys == ["python", "javascript", "bash", "cli"])
        #expect(all?["/f"]?["code_snippets"] == nil)
    }

    @Test func `an argument has a default if its component has a value or its function one of its own`() throws {
        let parameters = try #require(
            try app().description(root: "", all: false)["named_endpoints"]?["/f"]?["parameters"]?.array)

        #expect(parameters.map { $0["parameter_name"] } == ["text", "amount"])
        #expect(parameters.map { $0["parameter_has_default"] } == [true, true])
        #expect(parameters.map { $0["parameter_default"] } == [.null, 3])
        #expect(parameters.map { $0["label"] } == ["A", "parameter_6"])
        #expect(parameters[1]["python_type"]?["type"] == "int")
    }
}
