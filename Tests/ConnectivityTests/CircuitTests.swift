import Testing

@testable import Connectivity

struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func permit(
        _ breaker: inout CircuitBreaker, _ seconds: Int = 0, isForced: Bool = false
    ) throws -> CircuitBreaker.Permit {
        let admission = breaker.admit(at: start + .seconds(seconds), isForced: isForced)
        guard case .granted(let permit) = admission else { throw Refusal(admission: admission) }
        return permit
    }

    private struct Refusal: Error { let admission: CircuitBreaker.Admission }

    private func open() throws -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { breaker.fail(try permit(&breaker), at: start) }
        return breaker
    }

    @Test func `circuit breaker: opens after five failures in a row`() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.fail(try permit(&breaker), at: start) }
        breaker.succeed(try permit(&breaker))
        for _ in 0..<4 { breaker.fail(try permit(&breaker), at: start) }
        #expect(breaker.state == .closed(failures: 4))

        breaker.fail(try permit(&breaker), at: start)

        #expect(breaker.state == .open(until: start + .seconds(300)))
        #expect(breaker.admit(at: start + .seconds(299)) == .refused(until: start + .seconds(300)))
    }

    @Test func `circuit breaker: one trial when the time is over`() throws {
        var breaker = try open()

        let trial = try permit(&breaker, 300)

        #expect(trial.isTrial)
        #expect(breaker.admit(at: start + .seconds(301)) == .refused(until: nil))
        breaker.succeed(trial)
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test func `circuit breaker: a trial that fails opens it again`() throws {
        var breaker = try open()

        breaker.fail(try permit(&breaker, 300), at: start + .seconds(310))

        #expect(breaker.state == .open(until: start + .seconds(610)))
    }

    @Test func `circuit breaker: a trial that is given up leaves the next to another`() throws {
        var breaker = try open()

        breaker.abandon(try permit(&breaker, 300), at: start + .seconds(310))

        #expect(try permit(&breaker, 310).isTrial)
    }

    @Test func `circuit breaker: who knows better need not wait`() throws {
        var breaker = try open()

        #expect(try permit(&breaker, 1, isForced: true).isTrial)
    }

    @Test func `circuit breaker: a call from before the change tells nothing`() throws {
        var breaker = CircuitBreaker()
        let slow = try permit(&breaker)
        for _ in 0..<5 { breaker.fail(try permit(&breaker), at: start) }

        breaker.succeed(slow)
        breaker.fail(slow, at: start + .seconds(100))
        breaker.abandon(slow, at: start)

        #expect(breaker.state == .open(until: start + .seconds(300)))
    }
}

struct CircuitTests {
    private func error(_ code: ConnectivityError.Code) -> ConnectivityError {
        ConnectivityError(code: code, service: "litellm", endpoint: "", message: "no")
    }

    @Test func `circuit open: nothing is sent, and callers learn until when`() async throws {
        let time = ManualTime()
        let circuit = Circuit(service: .litellm, time: time)
        for _ in 0..<5 {
            await #expect(throws: ConnectivityError.self) { try await circuit.call { throw error(.refused) } }
        }
        time.advance(by: .seconds(100))
        let sent = Tally()

        let refusal = await #expect(throws: ConnectivityError.self) { try await circuit.call { sent.add() } }

        #expect(refusal?.code == .circuitOpen)
        #expect(refusal?.retryAfter == .seconds(200))
        #expect(refusal?.canRetry == true)
        #expect(sent.count == 0)
        time.advance(by: .seconds(200))
        try await circuit.call { _ = sent.add() }
        #expect(circuit.state == .closed(failures: 0))
    }

    @Test(arguments: [ConnectivityError.Code.rejected, .unauthorized, .rateLimited])
    func `an answer that refuses the request shows that the service lives`(code: ConnectivityError.Code) async {
        let circuit = Circuit(service: .litellm)
        for _ in 0..<4 { _ = try? await circuit.call { throw error(.serverError) } }

        _ = try? await circuit.call { throw error(code) }

        #expect(circuit.state == .closed(failures: 0))
    }

    @Test func `giving up says nothing about the service, an unknown error does`() async {
        let circuit = Circuit(service: .litellm)
        struct Unknown: Error {}

        _ = try? await circuit.call { throw CancellationError() }
        _ = try? await circuit.call { throw error(.queueFull) }
        #expect(circuit.state == .closed(failures: 0))
        _ = try? await circuit.call { throw Unknown() }

        #expect(circuit.state == .closed(failures: 1))
    }

    @Test func `during the trial others learn that one is under way`() async throws {
        let time = ManualTime()
        let circuit = Circuit(service: .litellm, breaker: CircuitBreaker(threshold: 1), time: time)
        _ = try? await circuit.call { throw error(.timeout) }
        time.advance(by: .seconds(300))

        try await circuit.call {
            let refusal = await #expect(throws: ConnectivityError.self) { try await circuit.call {} }
            #expect(refusal?.code == .circuitOpen)
            #expect(refusal?.retryAfter == nil)
        }
    }
}
