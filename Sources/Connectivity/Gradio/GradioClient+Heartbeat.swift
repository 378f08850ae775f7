// The heartbeat: as long as it is heard, an app keeps what the session has (protocol of Gradio, section 10).
extension GradioClient {
    /// Listens to the app's heartbeat until the client is closed.
    ///
    /// When the connection ends, the app ends the session's streams too: so who expects signs of life more often than
    /// the app gives them, every 15 s, does without it.
    func keepHeartbeat(_ app: GradioApp) {
        guard app.hasHeartbeat, heartbeat == nil, settings.transfer.read > .seconds(15) else { return }
        var call = HTTPCall(
            url: "\(url)\(app.prefix)/heartbeat/\(session)", headers: [("Accept", "text/event-stream")])
        call.headers += cookieHeader
        call.maximumBodyBytes = .max
        call.deadline = .seconds(24 * 3600)
        // Not the client itself: whoever forgets to close it does not keep it.
        heartbeat = Task { [call, repeated] in await Self.listen(to: call, repeated) }
    }

    private static func listen(to call: HTTPCall, _ repeated: RepeatedCalls) async {
        var wait = Duration.seconds(1)
        while !Task.isCancelled {
            do {
                let reply = try await repeated.transfers.open(call)
                if reply.status == 404 { return }  // it has none, and does without
                guard reply.status == 200 else { throw reply.failure(nil, body: try await reply.body.collect()) }
                for try await _ in try EventStream(reply) { wait = .seconds(1) }
            } catch let error as ConnectivityError {
                guard error.canRetry else { return }
            } catch { return }  // cancelled
            guard (try? await repeated.time.sleep(for: wait)) != nil else { return }
            wait = min(wait * 2, .seconds(60))
        }
    }
}
