import AsyncHTTPClient
import NIOCore

/// The same by AsyncHTTPClient alone: bytes that come are not read as anything, nothing is checked, repeated or bounded.
enum Bare {
    private static let probes = ["/system_stats", "/config", "/health/liveliness", "/config", "/config"]

    /// A GET of each service, over new connections.
    static func discovery(_ urls: [String], _ samples: inout Samples) async throws {
        let targets = zip(urls, probes).map { $0 + $1 }
        try await samples.time {
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            do {
                try await withThrowingTaskGroup { group in
                    for target in targets { group.addTask { try await fetch(HTTPClientRequest(url: target), client) } }
                    try await group.waitForAll()
                }
                try await client.shutdown()
            } catch {
                try await client.shutdown()
                throw error
            }
        }
    }

    static func models(_ url: String, _ samples: inout Samples) async throws {
        let request = HTTPClientRequest(url: url + "/v1/models")
        try await samples.time { try await fetch(request, .shared) }
    }

    static func chat(_ url: String, _ samples: inout Samples) async throws {
        let request = post(url, Asked.body(Asked.fewWords, isStream: false))
        try await samples.time { try await fetch(request, .shared) }
    }

    static func firstToken(_ url: String, _ samples: inout Samples) async throws {
        let request = post(url, Asked.body(Asked.fewWords, isStream: true))
        let clock = ContinuousClock()
        try await samples.take {
            let start = clock.now
            var took: Duration?
            let answer = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
            for try await piece in answer.body where took == nil && piece.readableBytes > 0 { took = clock.now - start }
            return took ?? .seconds(1000)
        }
    }

    /// Counts the ends of lines, two an event.
    static func stream(_ url: String, _ samples: inout Samples) async throws {
        let request = post(url, Asked.body(Asked.manyWords, isStream: true))
        let clock = ContinuousClock()
        try await samples.take {
            let start = clock.now
            var ends = 0
            let answer = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
            for try await piece in answer.body { ends += piece.readableBytesView.count { $0 == UInt8(ascii: "\n") } }
            return (clock.now - start) / (ends / 2)
        }
    }

    private static func post(_ url: String, _ body: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + "/v1/chat/completions")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        return request
    }

    private static func fetch(_ request: HTTPClientRequest, _ client: HTTPClient) async throws {
        let answer = try await client.execute(request, deadline: .distantFuture)
        guard answer.status == .ok else { throw Unexpected(status: answer.status.code) }
        for try await _ in answer.body {}
    }

    struct Unexpected: Error {
        let status: UInt
    }
}
