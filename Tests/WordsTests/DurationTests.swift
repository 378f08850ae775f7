import Testing
import Words

@Suite struct DurationTests {
    @Test(arguments: [
        ("400ms", Duration.milliseconds(400)), ("1.5s", .milliseconds(1500)), ("2m", .seconds(120)),
        ("1h", .seconds(3600)),
        ("1m30s", .seconds(90)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("7ns", .nanoseconds(7)),
        ("0", .zero), ("0.0000001s", .nanoseconds(100)),
    ])
    func `durations are read and written`(text: String, duration: Duration) {
        #expect(Duration(spelled: text) == duration)
        #expect(Duration(spelled: duration.spelled) == duration)
    }

    @Test(arguments: [
        "", "1", "ms", "-1s", "1 s", "1d", "1e3s", "inf", ".5s", "5.s", "1..5s", "00", "99999999999999999h",
    ])
    func `what is no duration is none`(text: String) {
        #expect(Duration(spelled: text) == nil)
    }

    @Test(arguments: [("2", Duration.seconds(2)), ("0.5", .milliseconds(500)), ("400ms", .milliseconds(400))])
    func `what is typed needs no unit`(text: String, duration: Duration) {
        #expect(Duration(typed: text) == duration)
    }

    @Test(arguments: ["", ".", "-1", "1e3", "99999999999"])
    func `what is no number of seconds is none`(text: String) {
        #expect(Duration(typed: text) == nil)
    }
}
