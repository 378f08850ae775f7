internal import JSONTree

/// The callbacks that a proxy has without being told: `/health/readiness/details` and `/settings` list them.
enum Hooks {
    private static let all: [(module: String, name: String)] = [
        ("litellm.proxy.hooks.model_max_budget_limiter", "_PROXY_VirtualKeyModelMaxBudgetLimiter"),
        ("litellm.proxy.hooks.parallel_request_limiter_v3", "_PROXY_MaxParallelRequestsHandler_v3"),
        ("litellm.proxy.hooks.cache_control_check", "_PROXY_CacheControlCheck"),
        ("litellm.proxy.hooks.responses_id_security", "ResponsesIDSecurity"),
        ("litellm.proxy.hooks.litellm_skills.main", "SkillsInjectionHook"),
        ("litellm.proxy.hooks.max_iterations_limiter", "_PROXY_MaxIterationsHandler"),
        ("litellm.proxy.hooks.max_budget_per_session_limiter", "_PROXY_MaxBudgetPerSessionHandler"),
        ("litellm.proxy.hooks.sensitive_data_routing", "_PROXY_SensitiveDataRoutingHandler"),
        ("litellm.proxy.hooks.prompt_cache_prediction", "PromptCacheObserver"),
        ("litellm._service_logger", "ServiceLogging"),
    ]

    static let names = all.map(\.name)

    /// `/settings` and `/active/callbacks`.
    static let overview: String = {
        let plain = all.enumerated().map { shown($0.element, number: $0.offset) }
        func with(_ method: String) -> [JSON] {
            let router = shown(("litellm.router_python_core", "PythonCore"), number: all.count).string ?? ""
            return [.string("<bound method PythonCore.\(method) of \(router)>")] + plain
        }
        let lists: [(String, [JSON])] = [
            ("callbacks", plain), ("input_callback", plain),
            ("failure_callback", with("deployment_callback_on_failure")),
            ("success_callback", with("sync_deployment_callback_on_success")),
            ("_async_success_callback", with("deployment_callback_on_success")),
            ("_async_failure_callback", with("async_deployment_callback_on_failure")), ("_async_input_callback", []),
        ]
        let together = lists.flatMap(\.1)
        var object: JSONObject = ["alerting": "None"]
        for (name, list) in lists { object["litellm.\(name)"] = .array(list) }
        object["all_litellm_callbacks"] = .array(together)
        object["num_callbacks"] = .int(together.count)
        object["num_alerting"] = 0
        object["litellm.request_timeout"] = 6000.0
        return JSON.object(object).text()
    }()

    /// As Python shows an object that has no better name.
    private static func shown(_ hook: (module: String, name: String), number: Int) -> JSON {
        let address = String(0x7f88_7b2d_2000 + number * 0x90, radix: 16)
        return .string("<\(hook.module).\(hook.name) object at 0x\(address)>")
    }
}
