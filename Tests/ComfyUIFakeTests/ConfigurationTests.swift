import Testing

@testable import ComfyUIFake

@Suite struct ConfigurationTests {
    @Test func `a command line of the real server starts the fake as well`() throws {
        var setup = ComfyUIConfiguration()

        let rest = try setup.take([
            "--cpu", "--lowvram", "--enable-cors-header", "--cache-lru", "10", "--preview-method=auto",
            "--base-directory",
            "/srv/x", "--port", "8189", "--max-upload-size", "3", "--step-time", "0.5", "--no-models",
        ])

        #expect(rest == ["--port", "8189"])
        #expect(setup.machine.type == "cpu")
        #expect(setup.crossOrigin == "*")
        #expect(setup.cache == .recent(10))
        #expect(setup.previewMethod == .auto)
        #expect(setup.maximumUploadMegabytes == 3)
        #expect(setup.pace.step == .microseconds(500))
        #expect(setup.models == .none)
    }

    @Test(arguments: [["--step-time", "3", "--profile", "gpu"], ["--profile", "gpu", "--step-time", "3"]])
    func `a step's time holds whatever the profile`(arguments: [String]) throws {
        var setup = ComfyUIConfiguration()

        #expect(try setup.take(arguments).isEmpty)
        #expect(setup.pace.step == .milliseconds(3))
    }

    @Test func `an origin may follow its option`() throws {
        var setup = ComfyUIConfiguration()

        #expect(try setup.take(["--enable-cors-header", "http://a.example"]).isEmpty)
        #expect(setup.crossOrigin == "http://a.example")
    }

    @Test(
        arguments: [
            (["--cache-lru"], "--cache-lru expects a value"),
            (["--cache-lru", "x"], "--cache-lru expects a number, got x"),
            (["--profile", "lax"], "--profile expects one of standard, strict, gpu, got lax"),
        ] as [([String], String)])
    func `a wrong value is told`(arguments: [String], text: String) {
        var setup = ComfyUIConfiguration()
        let error = #expect(throws: ComfyUIConfiguration.OptionError.self) { try setup.take(arguments) }

        #expect(error?.description == text)
    }
}
