internal import JSONTree

/// A family of Prometheus metrics, as the text format names it.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String
    /// What it has from the beginning; others get their samples from calls, and until then none.
    let initially: String?

    private init(_ kind: Kind, _ name: String, _ help: String, _ initially: String? = nil) {
        self.kind = kind
        self.name = name
        self.help = help
        self.initially = initially
    }

    /// Comments and samples. `kinds` of series that count carry the time of their birth in a family beside them.
    func text(_ samples: [MetricSample]) -> String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        if let initially { text += "\(name) \(initially)\n" }
        for sample in samples { text += "\(name){\(sample.labels)} \(sample.value.pythonRepr)\n" }
        guard kind == .counter, !samples.isEmpty else { return text }
        let born = (name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name) + "_created"
        text += "# HELP \(born) \(help)\n# TYPE \(born) gauge\n"
        for sample in samples { text += "\(born){\(sample.labels)} \(sample.born.goSpelling)\n" }
        return text
    }

    /// All of `integrations/prometheus.py` of litellm 1.109.1, in the order in which they are registered there; what
    /// they are for is told in our words.
    static let proxy: [MetricFamily] = [
        MetricFamily(.counter, "litellm_proxy_failed_requests_metric_total", "Requests that clients saw fail"),
        MetricFamily(.counter, "litellm_proxy_total_requests_metric_total", "Requests of clients"),
        MetricFamily(.histogram, "litellm_request_total_latency_metric", "Seconds from request to answer"),
        MetricFamily(.histogram, "litellm_llm_api_latency_metric", "Seconds that a model's API took"),
        MetricFamily(.histogram, "litellm_llm_api_time_to_first_token_metric", "Seconds until a model's first token"),
        MetricFamily(.counter, "litellm_spend_metric_total", "Money spent on models"),
        MetricFamily(.counter, "litellm_total_tokens_metric_total", "Tokens in and out"),
        MetricFamily(.counter, "litellm_input_tokens_metric_total", "Tokens in"),
        MetricFamily(.counter, "litellm_output_tokens_metric_total", "Tokens out"),
        MetricFamily(.counter, "litellm_input_cached_tokens_metric_total", "Tokens in that a provider had cached"),
        MetricFamily(.counter, "litellm_input_cache_creation_tokens_metric_total", "Tokens in that a provider cached"),
        MetricFamily(.counter, "litellm_input_audio_tokens_metric_total", "Tokens of sound in"),
        MetricFamily(.counter, "litellm_output_reasoning_tokens_metric_total", "Tokens of reasoning out"),
        MetricFamily(.counter, "litellm_output_audio_tokens_metric_total", "Tokens of sound out"),
        MetricFamily(.counter, "litellm_video_duration_seconds_metric_total", "Seconds of film made"),
        MetricFamily(.counter, "litellm_images_generated_metric_total", "Images made"),
        MetricFamily(.gauge, "litellm_remaining_team_budget_metric", "What is left of a team's budget"),
        MetricFamily(.gauge, "litellm_team_max_budget_metric", "A team's budget"),
        MetricFamily(.gauge, "litellm_team_budget_remaining_hours_metric", "Hours until a team's budget begins anew"),
        MetricFamily(.gauge, "litellm_team_members_metric", "Members of a team"),
        MetricFamily(.gauge, "litellm_remaining_org_budget_metric", "What is left of an organization's budget"),
        MetricFamily(.gauge, "litellm_org_max_budget_metric", "An organization's budget"),
        MetricFamily(.gauge, "litellm_org_budget_remaining_hours_metric", "Hours until its budget begins anew"),
        MetricFamily(.gauge, "litellm_remaining_api_key_budget_metric", "What is left of a key's budget"),
        MetricFamily(.gauge, "litellm_api_key_max_budget_metric", "A key's budget"),
        MetricFamily(.gauge, "litellm_api_key_budget_remaining_hours_metric", "Hours until a key's budget begins anew"),
        MetricFamily(.gauge, "litellm_remaining_user_budget_metric", "What is left of a user's budget"),
        MetricFamily(.gauge, "litellm_user_max_budget_metric", "A user's budget"),
        MetricFamily(.gauge, "litellm_user_budget_remaining_hours_metric", "Hours until a user's budget begins anew"),
        MetricFamily(.gauge, "litellm_remaining_customer_budget_metric", "What is left of a customer's budget"),
        MetricFamily(.gauge, "litellm_customer_max_budget_metric", "A customer's budget"),
        MetricFamily(.gauge, "litellm_customer_budget_remaining_hours_metric", "Hours until that begins anew"),
        MetricFamily(.gauge, "litellm_remaining_api_key_requests_for_model", "Requests that a key has left on a model"),
        MetricFamily(.gauge, "litellm_remaining_api_key_tokens_for_model", "Tokens that a key has left on a model"),
        MetricFamily(.gauge, "litellm_api_key_rate_limit_allowed_metric", "A key's limit in this window"),
        MetricFamily(.gauge, "litellm_api_key_rate_limit_used_metric", "What a key has used in this window"),
        MetricFamily(.gauge, "litellm_team_rate_limit_allowed_metric", "A team's limit in this window"),
        MetricFamily(.gauge, "litellm_team_rate_limit_used_metric", "What a team has used in this window"),
        MetricFamily(.gauge, "litellm_project_model_rate_limit_allowed_metric", "A project's limit on a model"),
        MetricFamily(.gauge, "litellm_project_model_rate_limit_used_metric", "What a project has used of a model"),
        MetricFamily(.gauge, "litellm_remaining_requests_metric", "Requests that a provider says are left"),
        MetricFamily(.gauge, "litellm_remaining_tokens_metric", "Tokens that a provider says are left"),
        MetricFamily(.histogram, "litellm_overhead_latency_metric", "Time that the proxy itself took"),
        MetricFamily(.histogram, "litellm_overhead_with_guardrails_latency_metric", "The same with guardrails"),
        MetricFamily(.histogram, "litellm_request_queue_time_seconds", "Seconds until a request was begun"),
        MetricFamily(.histogram, "litellm_guardrail_latency_seconds", "Seconds that guardrails took"),
        MetricFamily(.counter, "litellm_guardrail_errors_total", "Errors in guardrails"),
        MetricFamily(.counter, "litellm_guardrail_requests_total", "Calls of guardrails"),
        MetricFamily(.gauge, "litellm_provider_remaining_budget_metric", "What is left of a provider's budget"),
        MetricFamily(.gauge, "litellm_deployment_state", "A deployment is 0 = well, 1 = failing, 2 = cooling down"),
        MetricFamily(.gauge, "litellm_deployment_tpm_limit", "Tokens a minute that a deployment may have"),
        MetricFamily(.gauge, "litellm_deployment_rpm_limit", "Requests a minute that a deployment may have"),
        MetricFamily(.counter, "litellm_deployment_cooled_down_total", "How often a deployment was set aside"),
        MetricFamily(.counter, "litellm_deployment_success_responses_total", "Calls of a deployment that went well"),
        MetricFamily(.counter, "litellm_deployment_failure_responses_total", "Calls of a deployment that failed"),
        MetricFamily(.counter, "litellm_deployment_total_requests_total", "Calls of a deployment"),
        MetricFamily(.histogram, "litellm_deployment_latency_per_output_token", "Seconds for each token out"),
        MetricFamily(.counter, "litellm_deployment_successful_fallbacks_total", "Fallbacks that helped"),
        MetricFamily(.counter, "litellm_deployment_failed_fallbacks_total", "Fallbacks that did not help"),
        MetricFamily(.counter, "litellm_callback_logging_failures_metric_total", "Callbacks that could not log"),
        MetricFamily(.counter, "litellm_llm_api_failed_requests_metric_total", "Older name of failed requests"),
        MetricFamily(.counter, "litellm_requests_metric_total", "Older name of all requests"),
        MetricFamily(
            .counter, "litellm_zero_cost_requests_total", "Requests that cost nothing though they should have"),
        MetricFamily(.gauge, "litellm_spend_capture_rate", "Share of a provider's bill that was foreseen"),
        MetricFamily(.counter, "litellm_cache_hits_metric_total", "Answers from the cache"),
        MetricFamily(.counter, "litellm_cache_misses_metric_total", "Answers that the cache did not have"),
        MetricFamily(.counter, "litellm_cached_tokens_metric_total", "Tokens of answers from the cache"),
        MetricFamily(
            .counter, "litellm_provider_cache_read_input_tokens_metric_total", "Tokens read from a provider's"),
        MetricFamily(.counter, "litellm_provider_cache_creation_input_tokens_metric_total", "Tokens written to one"),
        MetricFamily(.gauge, "litellm_total_users", "Users", "0.0"),
        MetricFamily(.gauge, "litellm_active_users", "Users who were seen lately", "0.0"),
        MetricFamily(.gauge, "litellm_teams_count", "Teams", "0.0"),
        MetricFamily(.counter, "litellm_managed_batch_created_total", "Batches begun"),
        MetricFamily(.gauge, "litellm_managed_file_size_bytes", "Bytes of files"),
        MetricFamily(.histogram, "litellm_managed_batch_duration_seconds", "Seconds that batches took"),
        MetricFamily(.counter, "litellm_managed_file_created_total", "Files kept"),
        MetricFamily(.counter, "litellm_managed_file_deleted_total", "Files deleted"),
        MetricFamily(.gauge, "litellm_check_batch_cost_jobs_polled", "Batches whose cost was looked for", "0.0"),
        MetricFamily(.counter, "litellm_check_batch_cost_jobs_processed_total", "Batches whose cost was found"),
        MetricFamily(.counter, "litellm_check_batch_cost_errors_total", "Batches whose cost was not found"),
        MetricFamily(.gauge, "litellm_check_batch_cost_last_run_timestamp", "When that was last looked for", "0.0"),
        MetricFamily(.counter, "litellm_mcp_tool_calls_total", "Calls of tools"),
        MetricFamily(.counter, "litellm_mcp_tool_call_spend_metric_total", "Money spent on tools"),
        MetricFamily(.gauge, "litellm_in_flight_requests", "Requests under way", "1.0"),
    ]
}

/// One line of a family that has labels.
struct MetricSample: Sendable {
    /// `name="value",…`, by name.
    var labels: String
    var value: Double
    /// Seconds since 1970.
    var born: Double
}

extension Double {
    /// As prometheus_client writes large numbers: `1.795372912404167e+09`.
    var goSpelling: String {
        let python = pythonRepr
        guard self > 0, !python.contains("e"), let dot = python.firstIndex(of: "."),
            case let digits = python.distance(from: python.startIndex, to: dot), digits > 6
        else { return python }
        var mantissa = python[..<dot] + python[python.index(after: dot)...]
        while mantissa.last == "0" { mantissa.removeLast() }
        let exponent = digits - 1
        return "\(mantissa.prefix(1)).\(mantissa.dropFirst())e+\(exponent < 10 ? "0" : "")\(exponent)"
    }
}
