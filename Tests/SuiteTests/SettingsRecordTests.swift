import Testing

@testable import Suite

@Suite struct SettingsRecordTests {
    @Test func `a record is read as it was written`() throws {
        var settings = Settings()
        settings.apps = ["roles/whisper.yaml"]
        settings.comfyUI.profile = "strict"
        let record = SettingsRecord(try SuiteConfiguration(settings))

        #expect(SettingsRecord(text: record.text) == record)
        #expect(SettingsRecord(text: "") == nil)
    }

    @Test func `what differs is told with both values`() throws {
        var (up, asked) = (Settings(), Settings())
        (up.only, asked.only) = (["comfyui"], ["rvc"])
        (up.seed, asked.seed) = (42, nil)
        asked.comfyUI.profile = "strict"

        let differences = try SettingsRecord(SuiteConfiguration(up)).differences(
            from: SettingsRecord(SuiteConfiguration(asked)))

        #expect(
            differences == [
                "fakes: comfyui=8188 (asked for: rvc=7865)", "seed: 42 (asked for: 7)",
                "profile: as usual (asked for: strict)",
            ])
    }

    @Test func `how the ready line is written is no difference`() throws {
        var (up, asked) = (Settings(), Settings())
        (up.portsFile, asked.portsFile) = ("a.json", "b.json")

        let record = SettingsRecord(try SuiteConfiguration(up))

        #expect(record.differences(from: SettingsRecord(try SuiteConfiguration(asked))).isEmpty)
    }
}
