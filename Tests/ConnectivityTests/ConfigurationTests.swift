import Foundation
import Synchronization
import Testing

@testable import Connectivity

@Suite(.timeLimit(.minutes(1)))
struct ConfigurationTests {
    private func loader(
        _ files: KeyValuePairs<String, String> = [:], environment: [String: String] = [:],
        interactive: [String: String] = [:]
    ) -> ConfigurationLoader {
        var loader = ConfigurationLoader(
            files: files.map(\.key), environment: environment, interactive: interactive)
        let texts = Dictionary(files.map { ($0.key, $0.value) }) { first, _ in first }
        loader.read = { texts[$0] }
        return loader
    }

    private func problems(_ loader: ConfigurationLoader) -> [String] {
        do {
            _ = try loader.load()
            return []
        } catch {
            return (error.underlying as? ConfigurationProblems)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    private let example = """
        # where everything is
        reconnection: grpc
        services:
          comfyui:
            url: ws://gpu:8188
            ports: [8189, 8190]
            pool: { max: 3, acquire_timeout: 500ms }
          litellm:
            url: http://proxy:4000
            api_key: ${LITELLM_KEY}
            timeout: 2m
            health:
              interval: 10
          rvc:
            enabled: no
        """

    @Test func `configuration loading: a YAML file`() throws {
        let configuration = try loader(["a.yaml": example], environment: ["LITELLM_KEY": "sk-1"]).load()
        let comfyui = try #require(configuration.services.first { $0.name == .comfyui })
        let litellm = try #require(configuration.services.first { $0.name == .litellm })

        #expect(configuration.services.map(\.name) == [.comfyui, .wan2gp, .litellm, .audioldm])
        #expect(comfyui.endpoint.description == "ws://gpu:8188")
        #expect(comfyui.pool.maximum == 3)
        #expect(comfyui.pool.acquireTimeout == .milliseconds(500))
        #expect(litellm.health.interval == .seconds(10))
        #expect(configuration.apiKey(for: .litellm)?.revealed == "sk-1")
        #expect(configuration.apiKey(for: .comfyui) == nil)
        #expect(configuration.timeout(for: .litellm) == .seconds(120))
        #expect(configuration.reconnection == .grpc)
        #expect(configuration.value(.comfyui, "ports") == .ports([8189, 8190]))
    }

    @Test func `configuration loading: a JSON file`() throws {
        let text = #"{"services": {"wan2gp": {"url": "https://films.example", "enabled": true, "pool": {"min": 1}}}}"#

        let configuration = try loader(["a.json": text]).load()

        let wan2gp = try #require(configuration.services.first { $0.name == .wan2gp })
        #expect(wan2gp.endpoint.description == "https://films.example:443")
        #expect(wan2gp.pool.minimum == 1)
    }

    @Test func `without anything the defaults hold`() throws {
        let configuration = try loader().load()

        #expect(configuration.services == Service.all)
        #expect(configuration.reconnection == .story)
        #expect(configuration.inspect().allSatisfy { $0.source == .standard })
        #expect(configuration.inspect().count == 5)
    }

    @Test func `precedence: environment, file, interactive, defaults`() throws {
        let file = "services: {comfyui: {url: 'http://file:1'}, litellm: {url: 'http://file:2'}}"
        let other = "services: {litellm: {url: 'http://other:2', timeout: 7}}"
        let configuration = try loader(
            ["a.yaml": file, "b.yaml": other],
            environment: ["MOVIE_DIRECTOR_COMFYUI_URL": "http://environment:1", "PATH": "/bin"],
            interactive: ["services.litellm.url": "http://person:2", "services.rvc.url": "http://person:3"]
        ).load()

        let settings = Dictionary(configuration.inspect().map { ($0.key, "\($0.value) \($0.source)") }) { $1 }
        #expect(settings["services.comfyui.url"] == "http://environment:1 environment MOVIE_DIRECTOR_COMFYUI_URL")
        #expect(settings["services.litellm.url"] == "http://file:2 a.yaml:1")
        #expect(settings["services.litellm.timeout"] == "7.0 s b.yaml:1")
        #expect(settings["services.rvc.url"] == "http://person:3 interactive")
        #expect(settings["services.audioldm.url"] == "http://localhost:7863 default")
    }

    @Test func `every variable of the environment is understood`() throws {
        let configuration = try loader(environment: [
            "MOVIE_DIRECTOR_WAN2GP_ENABLED": "0", "MOVIE_DIRECTOR_LITELLM_TIMEOUT": "1.5",
            "MOVIE_DIRECTOR_LITELLM_API_KEY": "sk-2",
        ]).load()

        #expect(!configuration.isEnabled(.wan2gp))
        #expect(configuration.timeout(for: .litellm) == .milliseconds(1500))
        #expect(configuration.apiKey(for: .litellm) == Secret("sk-2"))
    }

    @Test(arguments: [
        ("${A}", "one"), ("x${A}y${A}", "xoneyone"), ("${B:-two}", "two"), ("${EMPTY:-three}", "three"),
        ("${EMPTY}", ""), ("$$A $5 ${B:-}", "$A $5 "), ("${A:-other}", "one"), ("no", "no"), ("end$", "end$"),
    ])
    func `variables in values`(text: String, value: String) throws {
        #expect(try Substitution.apply(to: text, ["A": "one", "EMPTY": ""]).get() == value)
    }

    @Test(arguments: ["${", "${A", "${}", "${a b}", "${UNSET}"])
    func `variables that cannot be put in`(text: String) {
        #expect(throws: Substitution.Missing.self) { try Substitution.apply(to: text, [:]).get() }
    }

    @Test func `every problem is reported at once, with file, line, key, what was expected and what came`() {
        let file = """
            services:
              comfyui:
                ulr: http://a
                url: [1]
                enabled: perhaps
                pool: 5
              litelm: {}
              rvc:
                timeout: -1
                ports: [70000]
                url: ${NOWHERE}
                pool: {min: 30}
            reconnection: fast
            """
        #expect(
            problems(
                loader(
                    ["a.yaml": file], environment: ["MOVIE_DIRECTOR_RVC_URI": "x", "MOVIE_DIRECTOR_RVC_URL": "y"],
                    interactive: ["services.rvc.enabeld": "true"]))
                == [
                    #"environment MOVIE_DIRECTOR_RVC_URI: MOVIE_DIRECTOR_RVC_URI: expected "MOVIE_DIRECTOR_RVC_URL", got the unknown key "MOVIE_DIRECTOR_RVC_URI""#,
                    #"environment MOVIE_DIRECTOR_RVC_URL: services.rvc.url: expected a URL (http, https, ws or wss) without user, query or fragment, got "y""#,
                    #"a.yaml:3: services.comfyui.ulr: expected "url", got the unknown key "ulr""#,
                    "a.yaml:4: services.comfyui.url: expected a URL (http, https, ws or wss) without user, query or fragment, got a list",
                    "a.yaml:6: services.comfyui.pool: expected keys below it: acquire_timeout, idle_timeout, max, min, got one value",
                    #"a.yaml:7: services.litelm: expected "litellm", got the unknown key "litelm""#,
                    "a.yaml:11: services.rvc.url: expected the variable NOWHERE in the environment, or ${NOWHERE:-default}, got none",
                    #"a.yaml:5: services.comfyui.enabled: expected true or false, got "perhaps""#,
                    #"a.yaml:9: services.rvc.timeout: expected a time above zero, such as 30, 30s, 500ms or 5m, got "-1""#,
                    #"a.yaml:10: services.rvc.ports: expected ports from 1 to 65535, got "70000""#,
                    #"a.yaml:13: reconnection: expected one of aggressive, grpc, story, got "fast""#,
                    #"interactive: services.rvc.enabeld: expected "services.rvc.enabled", got the unknown key "services.rvc.enabeld""#,
                    "a.yaml:12: services.rvc.pool.min: expected no more than pool.max (15), got 30",
                ])
    }

    @Test(arguments: [
        ("a.yaml", "a: b: c"), ("a.yaml", "services: [\n"), ("a.yaml", "reconnection: story\nreconnection: grpc"),
        ("a.json", "{\"services\": }"), ("a.json", "services: {}"), ("a.yaml", "- a list"), ("a.yaml", "\u{1}"),
    ])
    func `what is no file of this kind is one problem`(path: String, text: String) {
        #expect(problems(loader([path: text])).count == 1)
    }

    @Test func `the error names all problems, and no secret`() throws {
        let file = "services:\n  litellm:\n    api_key: \"sk-secret\\nline\"\n    url: nowhere"

        let error = #expect(throws: ConnectivityError.self) { try loader(["a.yaml": file]).load() }

        #expect(error?.code == .configuration)
        let text = error?.description ?? ""
        #expect(text.contains("2 problems") && text.contains("a.yaml:3") && text.contains("a.yaml:4"))
        #expect(!text.contains("sk-secret"))
    }

    @Test func `secrets are redacted wherever a configuration is printed`() throws {
        let configuration = try loader(environment: ["MOVIE_DIRECTOR_LITELLM_API_KEY": "sk-secret"]).load()
        var dumped = ""
        dump(configuration, to: &dumped)

        #expect(!configuration.description.contains("sk-secret"))
        #expect(configuration.description.contains("services.litellm.api_key = •••"))
        #expect(!dumped.contains("sk-secret"))
        #expect(!String(reflecting: configuration.apiKey(for: .litellm) as Any).contains("sk-secret"))
    }

    @Test func `the usual files, the nearest first`() {
        #expect(
            ConfigurationLoader(environment: ["HOME": "/home/me"]).files == [
                "./movie-director.yaml", "./movie-director.json", "/home/me/.movie-director/config.yaml",
                "/home/me/.movie-director/config.json", "/etc/movie-director/config.yaml",
            ])
        #expect(ConfigurationLoader.usualFiles(home: nil).count == 3)
    }

    @Test func `a file on disk is read, in well under 100 ms`() throws {
        let path = NSTemporaryDirectory() + "connectivity-\(UUID()).yaml"
        try example.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }  // gone with the temporary directory otherwise
        let clock = ContinuousClock()

        let time = try clock.measure {
            _ = try ConfigurationLoader(files: [path, path + ".none"], environment: ["LITELLM_KEY": "k"]).load()
        }

        print("configuration: loaded in \(time)")
        #expect(time < .milliseconds(100))
        #expect(throws: ConnectivityError.self) {
            try ConfigurationLoader(files: [NSTemporaryDirectory()], environment: [:]).load()
        }
    }

    /// Files whose text a test changes.
    private final class Disk: Sendable {
        let text = Mutex("reconnection: story")
        let version = Mutex(0)

        func write(_ text: String) {
            self.text.withLock { $0 = text }
            version.withLock { $0 += 1 }
        }
    }

    @Test func `reload: debounced, whole or not at all`() async throws {
        let disk = Disk()
        let time = ManualTime()
        var loader = ConfigurationLoader(files: ["a.yaml"], environment: [:])
        loader.read = { _ in disk.text.withLock { $0 } }
        let looks = Tally()
        let watch = try ConfigurationWatch(loader, time: time) {
            looks.add()
            return ["\(disk.version.withLock { $0 })"]
        }
        let running = Task { await watch.run() }
        var events = watch.events.makeAsyncIterator()
        func look(_ times: Int) async {
            for _ in 0..<times { await time.pass(.milliseconds(250)) }
            await time.untilAsleep(for: .milliseconds(250))
        }
        await look(1)

        disk.write("reconnection: gr")
        await look(3)
        disk.write("reconnection: grpc")
        await look(4)
        #expect(watch.current.reconnection == .story)
        await look(1)
        guard case .applied(let configuration)? = await events.next() else { throw Unexpected() }
        #expect(configuration.reconnection == .grpc)
        #expect(watch.current.reconnection == .grpc)

        disk.write("reconnection: fast\nservices: {rvc: {enabled: false}}")
        await look(5)
        guard case .refused(let error)? = await events.next() else { throw Unexpected() }
        #expect(error.code == .configuration)
        #expect(watch.current.reconnection == .grpc)
        #expect(watch.current.isEnabled(.rvc))

        running.cancel()
        await running.value
        let end = await events.next()
        if end != nil { throw Unexpected() }
    }

    private struct Unexpected: Error {}

    @Test func `reload: a file on disk is seen`() async throws {
        let path = NSTemporaryDirectory() + "connectivity-\(UUID()).yaml"
        try "reconnection: story".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }  // gone with the temporary directory otherwise
        let watch = try ConfigurationWatch(
            ConfigurationLoader(files: [path], environment: [:]), pause: .milliseconds(1), interval: .milliseconds(5))
        // Before the watch runs: what has changed since the first reading is seen all the same.
        try "reconnection: aggressive".write(toFile: path, atomically: true, encoding: .utf8)
        let running = Task { await watch.run() }

        var events = watch.events.makeAsyncIterator()
        guard case .applied? = await events.next() else { throw Unexpected() }
        #expect(watch.current.reconnection == .aggressive)
        running.cancel()
    }
}
