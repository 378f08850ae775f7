// What the client library costs, beside AsyncHTTPClient used bare: one operation again and again for some seconds.
//
//     connectivity-bench ours|bare OPERATION SECONDS URL…
//
// Prints how often it was done and the median of its seconds. Python's clients do the same in bench/python_clients.py.
import AsyncHTTPClient
import Connectivity
import Glibc
import NIOCore

@main
struct ConnectivityBench {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count >= 4, let seconds = Double(words[3]) else {
            print("usage: connectivity-bench ours|bare OPERATION SECONDS URL…")
            exit(2)
        }
        let urls = Array(words[4...])
        var samples = Samples(seconds)
        switch (words[1], words[2]) {
        case ("ours", "discovery"): try await Ours.discovery(urls, &samples)
        case ("ours", "lease"): try await Ours.lease(&samples)
        case ("ours", "models"): try await Ours.models(urls[0], &samples)
        case ("ours", "chat"): try await Ours.chat(urls[0], &samples)
        case ("ours", "first"): try await Ours.firstToken(urls[0], &samples)
        case ("ours", "stream"): try await Ours.stream(urls[0], &samples)
        case ("ours", "reconnect"): try await Ours.reconnect(urls[0], &samples)
        case ("bare", "discovery"): try await Bare.discovery(urls, &samples)
        case ("bare", "models"): try await Bare.models(urls[0], &samples)
        case ("bare", "chat"): try await Bare.chat(urls[0], &samples)
        case ("bare", "first"): try await Bare.firstToken(urls[0], &samples)
        case ("bare", "stream"): try await Bare.stream(urls[0], &samples)
        default:
            print("unknown: \(words[1]) \(words[2])")
            exit(2)
        }
        print(samples.count, samples.median)
        exit(0)
    }
}

/// How long something took, again and again, until the time is over.
struct Samples {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant
    private var taken: [Duration] = []

    init(_ seconds: Double) { end = clock.now + .seconds(seconds) }

    var count: Int { taken.count }
    /// In seconds. The first tenth is left out: there caches fill.
    var median: Double {
        let counted = taken.dropFirst(taken.count / 10).sorted()
        return counted.isEmpty ? .nan : counted[counted.count / 2] / .seconds(1)
    }

    /// - Parameter operation: gives the time that it took.
    mutating func take(_ operation: () async throws -> Duration) async throws {
        repeat { taken.append(try await operation()) } while clock.now < end
    }

    /// Measures from beginning to end.
    mutating func time(times: Int = 1, _ operation: () async throws -> Void) async throws {
        let clock = clock
        try await take {
            let start = clock.now
            for _ in 0..<times { try await operation() }
            return (clock.now - start) / times
        }
    }
}

/// What is asked of LiteLLM: the same for all.
enum Asked {
    static let question = "Go on."
    static let model = "gpt-4o"
    static let fewWords = String(repeating: "word ", count: 20)
    static let manyWords = String(repeating: "word ", count: 20_000)

    static func body(_ answer: String, isStream: Bool) -> String {
        """
        {"model": "\(model)", "stream": \(isStream), "messages": [{"role": "user", "content": "\(question)"}], \
        "mock_response": "\(answer)"}
        """
    }
}
