internal import Fakes
internal import JSONTree
internal import SocketServer

/// `/metrics`: prometheus' own application behind the proxy's check.
extension FakeLiteLLM {
    func metrics(_ visit: Visit) throws(ProxyError) -> Reply {
        if let refusal = refusedMetrics(visit) { return refusal }
        guard settings.proxy.hasMetrics else { throw .notFound }
        var headers: HeaderFields = ["content-length": "0"]
        let scheme = visit.request.isSecure ? "https" : "http"
        headers.append("location", "\(scheme)://\(visit.request.headers["host"] ?? "")/metrics/")
        headers.close(crossOrigin: visit.crossOrigin)
        return Reply(status: 307, headers: headers, body: .bytes([]))
    }

    func metricsText(_ visit: Visit) throws(ProxyError) -> Reply {
        if let refusal = refusedMetrics(visit) { return refusal }
        guard settings.proxy.hasMetrics else { throw .notFound }
        var headers: HeaderFields = ["content-type": "text/plain; version=0.0.4; charset=utf-8"]
        headers.close(crossOrigin: visit.crossOrigin)
        let families = MetricFamily.proxy.map {
            $0.text(counts.samples(of: $0.name, deployments: router.deployments))
        }
        return .stream(headers: headers) { [runtime = runtimeMetrics] writer in
            try await writer.write(runtime + families.joined())
        }
    }

    /// What prometheus_client tells of every Python process on Linux. The numbers are those of a proxy that has just
    /// come up: this is no Python.
    private var runtimeMetrics: String {
        let count = Double(callCount)
        let generations = [("0", 7000 + count, 1900 + count / 100), ("1", 13_000, 170), ("2", 2000, 11)]
        func family(_ name: String, _ kind: String, _ help: String, _ samples: [(String, Double)]) -> String {
            "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
                + samples.map { "\(name)\($0) \($1.rounded().goSpelling)\n" }.joined()
        }
        func byGeneration(_ value: ((String, Double, Double)) -> Double) -> [(String, Double)] {
            generations.map { ("{generation=\"\($0.0)\"}", value($0)) }
        }
        return family(
            "python_gc_objects_collected_total", "counter", "Objects collected during gc", byGeneration { $0.1 })
            + family(
                "python_gc_objects_uncollectable_total", "counter", "Uncollectable objects found during GC",
                byGeneration { _ in 0 })
            + family(
                "python_gc_collections_total", "counter", "Number of times this generation was collected",
                byGeneration { $0.2 })
            + family(
                "python_info", "gauge", "Python platform information",
                [("{implementation=\"CPython\",major=\"3\",minor=\"11\",patchlevel=\"7\",version=\"3.11.7\"}", 1)])
            + family("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", [("", 1_201_008_640)])
            + family("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", [("", 445_411_328)])
            + family(
                "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.",
                [("", started.seconds)])
            + family(
                "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
                [("", 20 + count / 100)])
            + family("process_open_fds", "gauge", "Number of open file descriptors.", [("", 24)])
            + family("process_max_fds", "gauge", "Maximum number of open file descriptors.", [("", 1_048_576)])
    }

    /// Any good key opens the metrics; the refusal is a JSON string.
    private func refusedMetrics(_ visit: Visit) -> Reply? {
        do throws(ProxyError) {
            try authorize(visit)
            return nil
        } catch {
            var message = "Authentication Error, Invalid API key provided."
            if Credential(visit.request.headers) == .none { message = Authentication.malformed }
            let text: JSON = .string(
                "Unauthorized access to metrics endpoint: \(message) To allow unauthenticated access, set "
                    + "`litellm_settings.require_auth_for_metrics_endpoint: false` in your proxy_config.yaml.")
            let body = text.bytes()
            var headers: HeaderFields = ["content-type": "application/json"]
            headers.append("content-length", String(body.count))
            headers.append(contentsOf: FixedFields.security)
            return Reply(status: 401, headers: headers, body: .bytes(body))
        }
    }
}
