internal import NIOCore

/// Asks one address who is there.
struct ServiceProbe: Sendable {
    /// How questions are sent: over the network, or to a test.
    var wire: any ProbeWire = NetworkWire()
    var time: any Timekeeper = .system

    /// Who is there, or why the service is not, within `limit`.
    func ask(
        _ service: Service, at endpoint: Endpoint, within limit: Duration
    ) async -> Result<Sighting, ConnectivityError> {
        let start = time.now
        let peer = Peer(service: service.name.rawValue, endpoint: endpoint.description)
        do {
            let recognition = try await time.within(limit, else: Self.late(peer, limit)) {
                try await self.ask(service, at: endpoint, peer, within: limit)
            }
            let latency = time.now - start
            return .success(
                Sighting(
                    recognition: await versioned(recognition, at: endpoint, peer, limit - latency), latency: latency)
            )
        } catch let error as ConnectivityError {
            return .failure(error)
        } catch {
            return .failure(peer.error(.cancelled, expected: "an answer", came: "the search was cancelled"))
        }
    }

    private func ask(
        _ service: Service, at endpoint: Endpoint, _ peer: Peer, within limit: Duration
    ) async throws -> Recognition {
        var appearance: String?
        var locked: ConnectivityError?
        // First as the service would be asked; then as the others, to say who the stranger is.
        let probes = service.probes + ServiceKind.allCases.filter { $0 != service.kind }.map { .get($0.probePath) }
        for probe in probes {
            let answer: ProbeAnswer
            do {
                answer = try await wire.ask(probe, at: endpoint, peer, within: limit)
            } catch let error as ConnectivityError {
                switch error.code {
                // It speaks HTTP, or something else, but not as the service would.
                case .protocol, .truncated, .tooLarge, .rejected, .redirected:
                    appearance = appearance ?? "something else (\(error.message))"
                    continue
                case .unauthorized:
                    locked = locked ?? error
                    continue
                default: throw error
                }
            }
            if let recognition = Recognition(answer) {
                guard recognition.fits(service) else {
                    throw stranger(service, peer, recognition.description, recognition)
                }
                return recognition
            }
            switch answer.status {
            case 401, 403:
                // Perhaps only to those who ask as for another kind: who it is may still come out.
                locked =
                    locked
                    ?? peer.error(
                        .unauthorized, expected: "\(service.kind)", came: "got \(answer.status)", status: answer.status)
            case 500...:
                throw peer.error(
                    .serverError, expected: "\(service.kind)", came: "got \(answer.status)", status: answer.status,
                    canRetry: true)
            case 404, 405: appearance = appearance ?? answer.appearance
            default: appearance = answer.appearance
            }
        }
        if let locked { throw locked }
        throw stranger(service, peer, appearance ?? "nothing that can be told", nil)
    }

    /// Asks whoever has been recognised for the version, if it has not told. Without an answer it is found all the same.
    private func versioned(
        _ recognition: Recognition, at endpoint: Endpoint, _ peer: Peer, _ left: Duration
    ) async -> Recognition {
        guard recognition.version == nil else { return recognition }
        let limit = min(left, .seconds(1))
        let version = try? await time.within(limit, else: Self.late(peer, limit)) {
            for path in recognition.kind.versionPaths {
                // Older and newer ones tell it in different places.
                let answer = try? await wire.ask(.get(path), at: endpoint, peer, within: limit)
                if let version = answer?.version { return version }
            }
            return nil as String?
        }
        var result = recognition
        result.version = version ?? nil
        return result
    }

    private func stranger(
        _ service: Service, _ peer: Peer, _ appearance: String, _ recognition: Recognition?
    ) -> ConnectivityError {
        peer.error(
            .wrongService, expected: "\(service.kind) (\(service.name))", came: "got \(appearance)",
            underlying: recognition.map(Stranger.init))
    }

    private static func late(_ peer: Peer, _ limit: Duration) -> ConnectivityError {
        peer.error(
            .timeout, expected: "an answer within \(limit)", came: "none came", phase: .total, canRetry: true)
    }
}

/// A service that has been found at an address.
struct Sighting: Sendable {
    let recognition: Recognition
    let latency: Duration
}

/// One of the kinds that this library knows answers where another service is looked for.
struct Stranger: Error {
    let recognition: Recognition
}

extension ServiceKind {
    /// What only this kind answers.
    fileprivate var probePath: String {
        switch self {
        case .comfyui: "/system_stats"
        case .gradio: "/config"
        case .litellm: "/health/liveliness"
        }
    }

    /// Where else it tells its version, to those without a key too.
    fileprivate var versionPaths: [String] {
        switch self {
        // public_endpoints.py of the LiteLLM proxy; older ones told it in their readiness.
        case .litellm: ["/public/model_hub/info", "/health/readiness"]
        case .comfyui, .gradio: []
        }
    }
}

/// How a probe reaches an address.
protocol ProbeWire: Sendable {
    func ask(
        _ probe: Service.Probe, at endpoint: Endpoint, _ peer: Peer, within limit: Duration
    ) async throws -> ProbeAnswer
}

/// Probes over HTTP and WebSockets. No key is ever sent: nobody knows yet who listens.
struct NetworkWire: ProbeWire {
    func ask(
        _ probe: Service.Probe, at endpoint: Endpoint, _ peer: Peer, within limit: Duration
    ) async throws -> ProbeAnswer {
        do {
            switch probe {
            case .get(let path):
                let limits = TransferLimits(connect: limit, read: limit, total: limit, bodyBytes: 8 << 20)
                let call = HTTPCall(
                    url: endpoint.http.description + path, deadline: limit, maximumBodyBytes: limits.bodyBytes)
                let (reply, body) = try await HTTPTransfers(peer: peer, limits: limits).fetch(call)
                return ProbeAnswer(status: reply.status, mediaType: reply.mediaType, body: body)
            case .message(let type, let path):
                let target = WebSocketTarget(
                    url: endpoint.webSocket.description + path, peer: peer, connectDeadline: limit)
                return try await WebSocketConnection.with(target) { socket in
                    try await socket.send(.text(JSONValue.object(["type": .string(type)]).description))
                    for try await message in socket.messages {
                        // ComfyUI greets with its own status first.
                        guard case .text(let text) = message, text.contains("\"stats\"") else { continue }
                        return ProbeAnswer(status: 200, mediaType: "application/json", body: Array(text.utf8))
                    }
                    return ProbeAnswer(status: 404, mediaType: "", body: [])
                }
            }
        } catch let error as ConnectivityError {
            throw error
        } catch {
            throw peer.error(.cancelled, expected: "an answer", came: "the search was cancelled")
        }
    }
}
