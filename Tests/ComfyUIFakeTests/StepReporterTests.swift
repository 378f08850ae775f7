import JSONTree
import Testing

@testable import ComfyUIFake

@Suite struct StepReporterTests {
    @Test func `first, last and previewed steps are told, others every tenth of a second`() {
        var reporter = StepReporter()

        let told = (1...10).map { step in
            reporter.tells(value: Double(step), of: 10, hasPreview: step == 4, at: .milliseconds(step * 40))
        }

        #expect(told == [true, false, false, true, false, false, true, false, false, true])
    }

    @Test func `small changes are not told`() {
        var reporter = StepReporter()

        let told = (1...6).map { reporter.tells(value: Double($0), of: 1000, hasPreview: false, at: .seconds($0)) }

        #expect(told == [true, false, false, false, false, true])
    }
}
