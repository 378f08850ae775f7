import JSONTree
import Testing

@testable import GradioFake

/// What is captured of an app is played as that app: tried with the fake's own, which say of themselves what the real ones do.
@Suite struct CaptureTests {
    private func said(_ app: App) -> (config: JSON, info: JSON) {
        (
            app.config(
                root: "http://h", appID: 5, user: nil, showError: app.definition.launch.showError, maxFileSize: nil),
            app.description(root: "http://h", all: false)
        )
    }

    @Test(arguments: AppDefinition.bundledNames, GradioMajor.allCases)
    func `a captured app is described as the real one`(_ name: String, _ major: GradioMajor) throws {
        let real = said(App(try .bundled(name, major: major)))

        let file = try GradioCapture(config: real.config, info: real.info, from: "http://h").file
        let fake = said(App(try AppDefinition(yaml: file, file: "captured.yaml")))

        for (key, value) in real.config.object ?? [:] where key != "page" {
            #expect(fake.config[key]?.isEquivalent(to: value) == true, "\(key)")
        }
        #expect(fake.info.isEquivalent(to: real.info))
    }

    @Test(arguments: AppDefinition.bundledNames)
    func `what the moulds say stands in no captured file`(_ name: String) throws {
        let real = said(App(try .bundled(name)))

        let file = try GradioCapture(config: real.config, info: real.info, from: "http://h").file

        #expect(!file.contains("api_info") && !file.contains("props:") && !file.contains("layout:"), "\(file)")
    }

    private func capture(component: JSON, dependency: JSONObject = [:]) throws -> GradioCapture {
        var dependency = dependency
        dependency.merge([
            "id": 0, "api_name": "f", "backend_fn": true, "queue": true, "targets": [], "inputs": [3], "outputs": [3],
        ])
        return try GradioCapture(
            config: [
                "version": "6.2.0", "title": "T", "components": [component], "dependencies": [.object(dependency)],
                "layout": ["id": 9, "children": [["id": 3]]],
            ],
            info: [
                "named_endpoints": ["/f": ["parameters": [["parameter_name": "x"]], "returns": [["label": "seen"]]]]
            ],
            from: "http://h")
    }

    @Test func `a component that the package does not have is played all the same`() throws {
        let capture = try capture(
            component: [
                "id": 3, "type": "globe", "props": ["spin": 2, "label": "World"], "skip_api": false,
                "api_info": ["type": "integer"],
            ])

        let app = App(try AppDefinition(yaml: capture.file, file: "captured.yaml"))
        let component = try #require(app.components.first)
        let row = app.description(root: "", all: false)["named_endpoints"]?["/f"]
        let page = app.config(root: "", appID: 0, user: nil, showError: false, maxFileSize: nil)["layout"]?["id"]

        #expect(component.type == "globe" && component.id == 3)
        #expect(component.properties["spin"] == 2)
        #expect(row?["parameters"]?[0]?["type"] == ["type": "integer"])
        #expect(row?["parameters"]?[0]?["parameter_name"] == "x")
        #expect(row?["returns"]?[0]?["label"] == "seen")
        #expect(page == 9)
    }

    @Test func `files of the real server are told as lost`() throws {
        let file: JSON = [
            "path": "/tmp/a.png", "url": "http://h/a.png", "orig_name": "a.png", "meta": ["_type": "gradio.FileData"],
        ]
        let capture = try capture(component: ["id": 3, "type": "image", "props": ["value": file, "label": "Face"]])

        #expect(capture.notes == ["The files that its image 3 shows at first are not in the app file."])
        #expect(!capture.file.contains("a.png"))
    }

    @Test func `what is no app, or too old, is refused`() {
        #expect(throws: GradioCaptureFault.self) {
            try GradioCapture(config: ["detail": "Not Found"], info: [:], from: "")
        }
        #expect(
            performing: {
                try GradioCapture(
                    config: ["version": "2.9.4", "components": [], "dependencies": []], info: [:], from: "")
            }, throws: { "\($0)" == "it is Gradio 2.9.4; those of 3, 4, 5 and 6 can be played" })
    }

    @Test func `a tree is written as YAML that reads as the same`() throws {
        let tree: JSONObject = [
            "title": "a: b # c", "summary": "{x} \u{7F}\u{2028}\u{FEFF}ä\n😀", "source": "null",
            "config": [
                "deep": [
                    "list": [1, 2.5, nil, true, "no", "x y", [], [:], "- z"],
                    "wide": .string(String(repeating: "w ", count: 80)),
                ]
            ],
        ]

        let read = try YAMLValue(parsing: AppFileText.of(tree), file: "tree.yaml").json()

        #expect(read == .object(tree))
    }
}
