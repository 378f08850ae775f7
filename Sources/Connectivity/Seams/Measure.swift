internal import Metrics

/// What the library counts and times for swift-metrics. Each has the dimension `service`, most have another that says
/// which way it went.
enum Measure: String, CaseIterable {
    /// Calls of clients with all their tries, by `outcome`: `ok` or an error's code. A stream counts when it has begun.
    case calls = "connectivity_calls"
    /// How long those took.
    case callDurations = "connectivity_call_duration"
    /// Tries after the first, by the `outcome` of the one before.
    case retries = "connectivity_retries"
    /// Jobs of ComfyUI and calls of Gradio apps, by `outcome`: `finished`, `interrupted` or an error's code.
    case jobs = "connectivity_jobs"
    /// Messages on WebSockets that were for nobody here, by `outcome`: `foreign` or `malformed`.
    case ignored = "connectivity_ignored_messages"
    /// Attempts to connect, by `outcome`: `ok` or an error's code.
    case attempts = "connectivity_connection_attempts"
    /// Reconnections at their end, by `outcome`: `ok` or an error's code.
    case reconnections = "connectivity_reconnections"
    /// Changes of a circuit, by `outcome`: what it is now, `closed`, `open` or `half_open`.
    case circuits = "connectivity_circuit_changes"
    /// Connections of pools, by `outcome`: `made`, `closed`, `died` or an error's code.
    case poolConnections = "connectivity_pool_connections"
    /// How long callers of a pool waited for what they got.
    case acquisitions = "connectivity_pool_acquisition"
    /// Leases that were reported as never returned.
    case leaks = "connectivity_pool_leaks"
    /// Checks of health, by `outcome`: `alive` or `failed`.
    case checks = "connectivity_health_checks"
    /// Changes of health, by `outcome`: what it is now.
    case changes = "connectivity_health_changes"
    /// Searches for a service, by `outcome`: `found` or an error's code.
    case discoveries = "connectivity_discoveries"

    func count(_ service: String, _ outcome: String? = nil) {
        Counter(label: rawValue, dimensions: [("service", service)] + (outcome.map { [("outcome", $0)] } ?? []))
            .increment()
    }

    func count(_ service: String, _ error: (any Error)?) {
        count(service, error.map { ($0 as? ConnectivityError)?.code.description ?? "other" } ?? "ok")
    }

    func time(_ duration: Duration, _ service: String) {
        Timer(label: rawValue, dimensions: [("service", service)]).record(duration: duration)
    }
}
