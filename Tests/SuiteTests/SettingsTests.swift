import JSONTree
import Testing

@testable import Suite

@Suite struct SettingsTests {
    @Test func `a flag wins over the environment, the environment over the file, the file over the default`() throws {
        var flags = Settings()
        flags.seed = 1
        let environment = try make(environment: ["UNDERSTUDY_SEED": "2", "UNDERSTUDY_SPEED": "20x"])
        let file = try Settings(yaml: "seed: 3\nspeed: 30x\nhost: ::1", file: "understudy.yaml")

        let suite = try SuiteConfiguration(flags.over(environment).over(file))

        #expect(suite.seed == 1)
        #expect(suite.speed.factor == 20)
        #expect(suite.host == "::1")
        #expect(suite.logFormat == .text)
    }

    @Test func `without settings the usual five come up on their own ports, on loopback`() throws {
        let suite = try SuiteConfiguration(Settings())

        #expect(suite.fakes.map(\.id) == ["comfyui", "litellm", "wan2gp", "audioldm", "rvc"])
        #expect(suite.fakes.map(\.ports) == [[8188], [8000, 4000], [7860], [7863], [7865]])
        #expect(suite.host == "127.0.0.1")
    }

    @Test func `only the fakes that are named come up, in the order of their naming`() throws {
        let suite = try SuiteConfiguration(make(only: ["rvc", "comfyui", "rvc"]))

        #expect(suite.fakes.map(\.id) == ["rvc", "comfyui"])
    }

    @Test(arguments: [("comfyiu", "comfyui"), ("lite-llm", "litellm"), ("WAN2GB", "wan2gp"), ("audio", "audioldm")])
    func `a misspelt fake is refused with the one that was meant`(typed: String, meant: String) {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(only: [typed])) }

        #expect(error?.code == .usage)
        #expect(error?.message == "unknown fake \"\(typed)\": did you mean \"\(meant)\"?")
    }

    @Test func `a name like no other is refused with all that there are`() {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(only: ["stable-diffusion"])) }

        #expect(error?.message.contains("expected one of comfyui, litellm, wan2gp, audioldm, rvc, echo") == true)
    }

    @Test func `random ports are free ones for all, but for those that are named`() throws {
        let suite = try SuiteConfiguration(make(ports: "random comfyui=8189"))

        #expect(suite.fakes.map(\.ports) == [[8189], [0, 0], [0], [0], [0]])
    }

    @Test func `a port without a name is for the only fake`() throws {
        let suite = try SuiteConfiguration(make(only: ["litellm"], ports: "8001,4001"))

        #expect(suite.fakes.map(\.ports) == [[8001, 4001]])
        #expect(throws: SuiteError.self) { try SuiteConfiguration(make(ports: "8001")) }
    }

    @Test func `two fakes cannot have the same port`() {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(ports: "comfyui=8000")) }

        #expect(error?.message == "port 8000 was given twice: to comfyui and to litellm")
    }

    @Test func `a fake cannot have the same port twice`() {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(ports: "litellm=18472,18472")) }

        #expect(error?.code == .usage)
        #expect(error?.message == "port 18472 was given twice: to litellm")
    }

    @Test(arguments: ["litellm=8001 litellm=8002", "8001 8002"])
    func `ports for the same fake in two places are refused: the second ones may be meant to come on top`(text: String)
    {
        let error = #expect(throws: SuiteError.self) { try PortAssignments(text: text, place: "--port") }

        #expect(error?.message.contains("write them with commas between") == true)
    }

    @Test func `a port for an unknown fake is refused with all names, each once`() {
        let error = #expect(throws: SuiteError.self) {
            try SuiteConfiguration(make(only: ["comfyui"], apps: ["my/whisper.yaml"], ports: "stable-diffusion=1"))
        }

        #expect(
            error?.message
                == "a port for an unknown fake \"stable-diffusion\": expected one of comfyui, litellm, wan2gp, audioldm, rvc, echo, whisper"
        )
    }

    @Test func `a flag's port without a name wins over names and numbers further down, as does random`() throws {
        func ports(_ flag: String, over lower: String) throws -> [Int] {
            var settings = try make(only: ["comfyui"], ports: flag).over(make(environment: ["UNDERSTUDY_PORTS": lower]))
            settings.ports = settings.ports.over(try PortAssignments(text: "7860", place: "usual"))
            return try SuiteConfiguration(settings).fakes[0].ports
        }

        #expect(try ports("9000", over: "comfyui=8189") == [9000])
        #expect(try ports("9000", over: "random") == [9000])
        #expect(try ports("random", over: "8189") == [0])
        #expect(try ports("", over: "8189") == [8189])
        #expect(try ports("", over: "comfyui=8189") == [8189])
        #expect(try ports("", over: "random") == [0])
    }

    @Test(arguments: ["comfyui=http", "comfyui=65536", "-1", "litellm=8000,"])
    func `what is no port is refused`(text: String) {
        #expect(throws: SuiteError.self) { try PortAssignments(text: text, place: "--port") }
    }

    @Test func `an app of the user's own comes up beside the others, named after its file, on a free port`() throws {
        let suite = try SuiteConfiguration(make(only: ["comfyui"], apps: ["roles/whisper.yaml", "echo"]))

        #expect(suite.fakes.map(\.id) == ["comfyui", "whisper", "echo"])
        #expect(suite.fakes[1].app == .file("roles/whisper.yaml"))
        #expect(suite.fakes[1].ports == [0])
    }

    @Test func `a misspelt app is refused with the one that was meant`() {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(apps: ["wangp"])) }

        #expect(error?.message.contains("did you mean \"wan2gp\"?") == true)
    }

    @Test func `an app named like another fake is refused`() {
        let error = #expect(throws: SuiteError.self) { try SuiteConfiguration(make(apps: ["my/litellm.yaml"])) }

        #expect(error?.message == "two fakes would be named \"litellm\": give my/litellm.yaml another name")
    }

    @Test func `half a certificate is refused`() {
        var settings = Settings()
        settings.tlsCertificate = "cert.pem"

        #expect(throws: SuiteError.self) { try SuiteConfiguration(settings) }
    }

    @Test func `every word of the file is understood`() throws {
        let settings = try Settings(
            yaml: """
                only: [comfyui, litellm]
                apps: mine.yaml
                ports: { comfyui: 8189, litellm: [8001, 4001] }
                seed: 18446744073709551615
                speed: 10x
                host: 127.0.0.2
                tls: { cert: c.pem, key: k.pem }
                log-format: json
                verbose: true
                ports-file: ports.json
                comfyui: { profile: strict, nodes: nodes.json, cors: "*", frontend: venv, models: { loras: [a, b], vae: [] } }
                litellm: { config: proxy.yaml, loops: 2, profile: small, models: { gpt-4o: { answers: echo } } }
                """, file: "understudy.yaml")

        var expected = make(only: ["comfyui", "litellm"], apps: ["mine.yaml"])
        expected.ports.named = ["comfyui": [8189], "litellm": [8001, 4001]]
        expected.seed = .max
        expected.speed = try Speed(text: "10x")
        expected.host = "127.0.0.2"
        (expected.tlsCertificate, expected.tlsKey) = ("c.pem", "k.pem")
        expected.logFormat = .json
        expected.isVerbose = true
        expected.portsFile = "ports.json"
        (expected.comfyUI.profile, expected.comfyUI.nodes, expected.comfyUI.corsOrigin) = (
            "strict", ["nodes.json"], "*"
        )
        expected.comfyUI.frontend = "venv"
        expected.comfyUI.models = ["loras": ["a", "b"], "vae": []]
        (expected.liteLLM.config, expected.liteLLM.loops) = ("proxy.yaml", 2)
        expected.liteLLM.described = LiteLLMDescription(
            place: "understudy.yaml:12:10: litellm",
            fields: ["profile": "small", "models": ["gpt-4o": ["answers": "echo"]]])
        #expect(settings == expected)
    }

    @Test(arguments: [
        ("seed: 7\nsped: 2x", "understudy.yaml:2:1: unknown word \"sped\": did you mean \"speed\"?"),
        (
            "comfyui: { models: { lora: [a] } }",
            "understudy.yaml:1:22: unknown word \"lora\": did you mean \"loras\"?"
        ),
        ("tls: { crt: a }", "understudy.yaml:1:8: unknown word \"crt\": did you mean \"cert\"?"),
        ("litellm: { model: a }", "understudy.yaml:1:12: unknown word \"model\": did you mean \"models\"?"),
        ("litellm: { loops: 0 }", "understudy.yaml:1:19: expected a number of threads from 1 to 64, got \"0\""),
        ("seed: -1", "understudy.yaml:1:7: expected a whole number that is not negative, got \"-1\""),
        ("host: [a]", "understudy.yaml:1:7: expected a single value"),
        ("speed: fast", "understudy.yaml:1:8: speed: expected a number above zero such as 10x or 0.5x, got \"fast\""),
        ("log-format: jsn", "understudy.yaml:1:13: unknown format \"jsn\": did you mean \"json\"?"),
        ("verbose: yes", "understudy.yaml:1:10: expected true or false, got \"yes\""),
        ("- comfyui", "understudy.yaml:1:1: expected words with a colon and a value"),
    ])
    func `a wrong file is refused with line, column and advice`(text: String, message: String) {
        let error = #expect(throws: SuiteError.self) { try Settings(yaml: text, file: "understudy.yaml") }

        #expect(error?.message == message)
    }

    @Test func `a file that is no YAML is refused with its line`() {
        let error = #expect(throws: SuiteError.self) { try Settings(yaml: "seed: 7\nonly: [", file: "understudy.yaml") }

        #expect(error?.message.hasPrefix("understudy.yaml:") == true)
    }

    @Test func `an empty file and empty variables say nothing`() throws {
        #expect(try Settings(yaml: "# nothing\n", file: "understudy.yaml") == Settings())
        #expect(try make(environment: ["UNDERSTUDY_SEED": "", "UNDERSTUDY_ONLY": ""]) == Settings())
    }

    private func make(only: [String]? = nil, apps: [String]? = nil, ports: String = "") -> Settings {
        var settings = Settings()
        settings.only = only
        settings.apps = apps
        settings.ports = try! PortAssignments(text: ports, place: "--port")  // the tests write only good ones here
        return settings
    }

    private func make(environment: [String: String]) throws -> Settings {
        try Settings { environment[$0] }
    }
}

@Suite struct QuantityTests {
    @Test(arguments: [("10x", 10), ("10", 10), ("0.5x", 0.5), ("2.5X", 2.5)])
    func `a speed is a number, with or without its x`(text: String, factor: Double) throws {
        #expect(try Speed(text: text).factor == factor)
    }

    @Test(arguments: ["0", "-1x", "x", "", "fast", "nan", "inf", "1e999"])
    func `a speed that is no number above zero is refused`(text: String) {
        #expect(throws: SuiteError.self) { try Speed(text: text) }
    }

    @Test func `a speed is written as it is typed`() throws {
        #expect(try Speed(text: "10").description == "10x")
        #expect(try Speed(text: "0.5x").description == "0.5x")
    }

    @Test func `durations have units, seconds where none is given`() throws {
        #expect(try Duration(text: "400ms") == .milliseconds(400))
        #expect(try Duration(text: "2s") == .seconds(2))
        #expect(try Duration(text: "1.5m") == .seconds(90))
        #expect(try Duration(text: "3") == .seconds(3))
    }

    @Test(arguments: ["", "ms", "2 s", "2d", "-1s", "1.2.3s"])
    func `a duration that is none is refused`(text: String) {
        #expect(throws: SuiteError.self) { try Duration(text: text) }
    }

    @Test func `a complaint about a file is one line, whatever the file holds`() {
        let error = #expect(throws: SuiteError.self) {
            try Settings(yaml: #""b\e[31m\nx": 2"#, file: "understudy.yaml")
        }

        #expect(error?.message.hasPrefix(#"understudy.yaml:1:1: unknown word "b\u{1B}[31m\nx": "#) == true)
    }
}
