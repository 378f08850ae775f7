@testable import Connectivity

extension ComfyUISettings {
    /// For tests: whoever waits, waits some milliseconds.
    static func hasty(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var settings = ComfyUISettings()
        settings.retry = RetryPolicy(first: .milliseconds(5))
        settings.reconnection = ReconnectionPolicy(
            initial: .milliseconds(10), factor: 1, jitter: .added(0), attempts: 50)
        settings.quiet = .milliseconds(200)
        change(&settings)
        return settings
    }
}

extension Understudy {
    /// A client of this fake ComfyUI, closed in the end.
    func comfyUIClient(
        _ change: (inout ComfyUISettings) -> Void = { _ in }, _ body: (ComfyUIClient) async throws -> Void
    ) async throws {
        let client = try ComfyUIClient(url: url, settings: .hasty(change))
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }
}
