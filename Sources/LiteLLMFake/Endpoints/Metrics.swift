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
        let text = """
            # HELP litellm_proxy_total_requests_metric_total Total number of requests made to the proxy server
            # TYPE litellm_proxy_total_requests_metric_total counter
            litellm_proxy_total_requests_metric_total \(Double(callCount).pythonRepr)
            # HELP litellm_deployment_state The state of a deployment: 0 is healthy
            # TYPE litellm_deployment_state gauge

            """
        let states = router.deployments.map {
            "litellm_deployment_state{litellm_model_name=\"\($0.model)\",model_id=\"\($0.id)\"} 0.0\n"
        }
        return .stream(headers: headers) { writer in try await writer.write(text + states.joined()) }
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
