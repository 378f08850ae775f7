import Connectivity

/// What the doctor says of one service.
struct Finding: Sendable {
    let service: Service
    /// Where it is; where it was looked for first, if it was not found.
    let endpoint: Endpoint?
    /// Where it is configured to be, if it was found elsewhere.
    let missed: Endpoint?
    let version: String?
    let app: String?
    /// Until it was recognised.
    let latency: Duration?
    /// Until it had answered as to a client.
    var answerTime: Duration?
    var facts = Facts()
    /// Why it is of no use.
    var trouble: ConnectivityError?

    init(_ service: Service, _ result: DiscoveryResult, configured: Endpoint?) {
        self.service = service
        endpoint = result.endpoint
        missed = result.discovered ? configured.flatMap { $0.http == result.endpoint?.http ? nil : $0 } : nil
        version = result.version
        app = result.app
        latency = result.latency
        trouble = result.error
    }

    /// Whether an application can work with it.
    var isWell: Bool { trouble == nil }

    var status: HealthStatus {
        if trouble != nil { return .unhealthy }
        return isSlow || missed != nil ? .degraded : .healthy
    }

    private var isSlow: Bool { max(latency ?? .zero, answerTime ?? .zero) >= service.health.slow }

    /// The longest that it took to answer.
    var time: Duration? { latency.map { max($0, answerTime ?? .zero) } }

    /// `0.4 ms`, `12 ms`, `1.5 s`.
    static func told(_ time: Duration) -> String {
        let milliseconds = time / .milliseconds(1)
        if milliseconds >= 999.5 { return "\((milliseconds / 100).rounded() / 10) s" }
        return milliseconds < 9.95 ? "\((milliseconds * 10).rounded() / 10) ms" : "\(Int(milliseconds.rounded())) ms"
    }
}

// MARK: What to do

extension Finding {
    /// What is wrong, in a sentence; nil if nothing is.
    var complaint: String? {
        if let trouble { return told(trouble) }
        if let missed {
            return "it is configured at \(missed), and answers at \(endpoint.map { "\($0)" } ?? "another address")"
        }
        return isSlow ? time.map { "it takes \(Self.told($0)) to answer" } : nil
    }

    private func told(_ trouble: ConnectivityError) -> String {
        // Refused at all its places: those say more than what exactly was asked there.
        guard trouble.code == .refused, latency == nil else {
            let isNamed = Endpoint(trouble.endpoint).map { trouble.message.contains("\($0.host):\($0.port)") } ?? false
            return isNamed ? trouble.message : "\(trouble.message), at \(trouble.endpoint)"
        }
        let others = service.otherPorts.map { "\($0)" }.joined(separator: ", ")
        let ports = service.otherPorts.count == 1 ? "port" : "ports"
        return "nobody listens at \(service.endpoint)" + (others.isEmpty ? "" : ", or at \(ports) \(others)")
    }

    /// What a person does about it.
    var remedy: String? {
        let name = service.name.rawValue
        let variable = "MOVIE_DIRECTOR_\(name.uppercased())"
        let place = "\(variable)_URL, or --url \(name)=URL"
        guard let trouble else {
            if missed != nil { return "Correct the address: \(place)." }
            return isSlow ? ConnectivityError.Code.timeout.advice : nil
        }
        return switch trouble.code {
        case .refused, .unreachable: "Start it, or say where it is: \(place)."
        case .wrongService: "Say where the service is: \(place); or stop the stranger."
        case .unauthorized where service.kind == .litellm:
            "Configure its key: \(variable)_API_KEY, or services.\(name).api_key in the configuration file."
        default: trouble.code.advice
        }
    }

    /// One word for the state.
    var word: String { trouble.map { "\($0.code)" } ?? (missed != nil ? "moved" : isSlow ? "slow" : "healthy") }
}

// MARK: For programs

extension Finding {
    /// All findings as one object.
    static func json(_ findings: [Finding]) -> JSONValue {
        let status = HealthStatus.aggregate(findings.map { ($0.status, $0.service.isCritical) })
        return ["status": .string(status.rawValue), "services": .array(findings.map(\.json))]
    }

    private var json: JSONValue {
        var members: [String: JSONValue] = [
            "service": .string(service.name.rawValue), "kind": .string(service.kind.rawValue),
            "status": .string(status.rawValue), "discovered": .bool(latency != nil),
            "critical": .bool(service.isCritical), "details": .object(facts.details),
        ]
        members["url"] = endpoint.map { .string("\($0)") }
        members["configured_url"] = missed.map { .string("\($0)") }
        members["version"] = version.map { .string($0) }
        members["app"] = app.map { .string($0) }
        members["latency_ms"] = latency.map { .number(Self.milliseconds($0)) }
        members["answer_ms"] = answerTime.map { .number(Self.milliseconds($0)) }
        members["advice"] = remedy.map { .string($0) }
        if let trouble {
            var error: [String: JSONValue] = [
                "code": .string("\(trouble.code)"), "message": .string(trouble.message),
                "url": .string(trouble.endpoint), "can_retry": .bool(trouble.canRetry),
            ]
            error["phase"] = trouble.phase.map { .string($0.rawValue) }
            error["http_status"] = trouble.status.map { .integer($0) }
            members["error"] = .object(error)
        }
        return .object(members)
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        (duration / .milliseconds(1) * 1000).rounded() / 1000
    }
}
