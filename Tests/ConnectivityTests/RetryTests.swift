import Testing

@testable import Connectivity

@Suite struct RetryTests {
    private func error(_ code: ConnectivityError.Code, canRetry: Bool, after: Duration? = nil) -> ConnectivityError {
        Peer(service: "s", endpoint: "e").error(code, expected: "x", came: "y", retryAfter: after, canRetry: canRetry)
    }

    @Test func `waits double, and luck adds to them`() {
        let policy = RetryPolicy(tries: 5, first: .seconds(1), jitter: 0.5)
        let failure = error(.serverError, canRetry: true)
        let waits = (1...5).map { policy.wait(after: failure, tried: $0, luck: 0, left: .seconds(300)) }
        let lucky = policy.wait(after: failure, tried: 1, luck: 1, left: .seconds(300))

        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), nil])
        #expect(lucky == .milliseconds(1500))
    }

    @Test func `what cannot succeed, or not in time, is not tried again`() {
        let policy = RetryPolicy()
        let asked = error(.rateLimited, canRetry: true, after: .seconds(30))

        #expect(policy.wait(after: error(.rejected, canRetry: false), tried: 1, luck: 0, left: .seconds(300)) == nil)
        #expect(policy.wait(after: asked, tried: 1, luck: 1, left: .seconds(300)) == .seconds(30))
        #expect(policy.wait(after: asked, tried: 1, luck: 1, left: .seconds(20)) == nil)
        #expect(policy.wait(after: error(.refused, canRetry: true), tried: 1, luck: 0, left: .milliseconds(900)) == nil)
    }

    @Test(arguments: [
        (nil, "3", Duration.seconds(3)), (nil, " 1.5 ", .milliseconds(1500)), ("250", "9", .milliseconds(250)),
        ("x", "2", .seconds(2)), (nil, "Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
        (nil, "Sunday, 06-Nov-94 08:49:37 GMT", .seconds(37)), (nil, "Sun Nov  6 08:49:37 1994", .seconds(37)),
        (nil, "Sun, 06 Nov 1994 08:48:00 GMT", .zero), (nil, "-1", nil), (nil, "soon", nil), (nil, nil, nil),
        (nil, "inf", nil), ("-5", nil, nil),
    ])
    func `a server's wish is seconds, milliseconds or a date`(
        milliseconds: String?, value: String?, expected: Duration?
    ) {
        // Sun, 06 Nov 1994 08:49:00 GMT
        #expect(RetryAfter.delay(milliseconds: milliseconds, value, now: 784_111_740) == expected)
    }

    @Test(arguments: [
        (400, ConnectivityError.Code.rejected, false), (401, .unauthorized, false), (403, .unauthorized, false),
        (404, .rejected, false), (408, .rejected, false), (422, .rejected, false), (429, .rateLimited, true),
        (500, .serverError, true), (503, .serverError, true), (529, .serverError, true),
    ])
    func `a status is a code`(status: Int, code: ConnectivityError.Code, canRetry: Bool) {
        let (stream, _) = AsyncThrowingStream<HTTPPart, any Error>.makeStream()
        let reply = HTTPReply(
            status: status, headers: [("retry-after", "2")], body: HTTPBody(pieces: stream),
            peer: Peer(service: "litellm", endpoint: "http://x"), url: "http://x/y")
        let failure = reply.failure(nil, body: Array("<html>".utf8))

        #expect(failure.code == code)
        #expect(failure.canRetry == canRetry)
        #expect(failure.retryAfter == (status == 429 || status == 503 ? .seconds(2) : nil))
        #expect(failure.message.contains("<html>"))
    }

    @Test(arguments: [
        (#"{"error": {"message": "a"}}"#, "a"), (#"{"detail": "b"}"#, "b"), (#"{"detail": {"error": "c"}}"#, "c"),
        (#"{"detail": [{"msg": "d"}, {"message": "e"}]}"#, "d; e"), (#"{"error": "f"}"#, "f"), ("[]", nil),
        ("<html>", nil),
    ])
    func `a service's own words are found`(body: String, message: String?) {
        #expect(ErrorText.message(in: Array(body.utf8)) == message)
    }
}
