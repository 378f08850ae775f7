internal import JSONTree

/// What the proxy tells of its deployments: `/model/info` lists every member of its cost map, `/model_group/info` a few.
enum ModelFacts {
    /// One deployment, as `/model/info` has it.
    static func entry(_ deployment: Deployment, isAdmin: Bool = true) -> JSON {
        [
            "model_name": .string(deployment.name), "litellm_params": .object(parameters(deployment)),
            "model_info": .object(info(deployment, isAdmin: isAdmin)),
        ]
    }

    /// The parameters without secrets: connection and limits, flags with their defaults, then the rest by name.
    private static func parameters(_ deployment: Deployment) -> JSONObject {
        var result = JSONObject()
        let first = [
            "api_base", "api_version", "custom_llm_provider", "tpm", "rpm", "timeout", "stream_timeout", "max_retries",
        ]
        let declared = ["mock_response", "model"]
        for name in first { result[name] = deployment.parameters[name] }
        for name in [
            "allow_client_keepalive_override", "use_in_pass_through", "use_litellm_proxy", "use_xai_oauth",
            "merge_reasoning_content_in_choices",
        ] { result[name] = deployment.parameters[name] ?? false }
        for name in declared { result[name] = deployment.parameters[name] }
        for (name, value) in deployment.parameters where result[name] == nil && name != "api_key" {
            result[name] = value
        }
        return result
    }

    private static func info(_ deployment: Deployment, isAdmin: Bool) -> JSONObject {
        var info: JSONObject = ["id": .string(deployment.id), "db_model": false, "member_auto_router": false]
        if !isAdmin { info["direct_access"] = false }
        for (name, value) in deployment.info where name != "id" { info[name] = value }
        info["pricing_overrides"] = []
        info["key"] = .string(deployment.known == nil ? deployment.model : deployment.upstreamModel)
        let known = facts(of: deployment)
        for name in members where info[name] == nil { info[name] = known[name] ?? .null }
        info["supported_openai_params"] = .array(supportedParameters(deployment.provider).map { .string($0) })
        return info
    }

    /// What is known of a public model, whether or not it is deployed.
    static func known(_ model: String) -> JSONObject? {
        guard KnownModel.all[model] != nil else { return nil }
        let provider = model.hasPrefix("claude") ? "anthropic" : "openai"
        let deployment = Deployment(
            ProxyConfiguration.Model(name: model, parameters: ["model": .string("\(provider)/\(model)")]), index: 0,
            upstreams: [])
        var info: JSONObject = ["key": .string(model)]
        let known = facts(of: deployment)
        for name in members { info[name] = known[name] ?? .null }
        info["supported_openai_params"] = .array(supportedParameters(provider).map { .string($0) })
        return info
    }

    private static func facts(of deployment: Deployment) -> JSONObject {
        var facts: JSONObject = ["litellm_provider": .string(deployment.provider)]
        guard let known = deployment.known else { return facts }
        facts["max_tokens"] = known.maxOutput.map { .int($0) }
        facts["max_input_tokens"] = known.maxInput.map { .int($0) }
        facts["max_output_tokens"] = known.maxOutput.map { .int($0) }
        facts["input_cost_per_token"] = .double(known.inputCost)
        facts["output_cost_per_token"] = known.outputCost == 0 ? 0 : .double(known.outputCost)
        facts["mode"] = .string(known.mode)
        for ability in known.abilities { facts["supports_\(ability)"] = true }
        for (name, value) in extra[deployment.upstreamModel] ?? [:] { facts[name] = value }
        return facts
    }

    /// One name, as `/model_group/info` has it.
    static func group(_ name: String, _ deployments: [Deployment]) -> JSON {
        guard let first = deployments.first else { return nil }
        let known = first.known
        func number(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }
        func can(_ ability: String) -> JSON { .bool(known?.abilities.contains(ability) ?? false) }
        var providers: [String] = []
        for deployment in deployments where !providers.contains(deployment.provider) {
            providers.append(deployment.provider)
        }
        return [
            "model_group": .string(name), "providers": .array(providers.map { .string($0) }),
            "max_input_tokens": number(known?.maxInput.map(Double.init)),
            "max_output_tokens": number(known?.maxOutput.map(Double.init)),
            "input_cost_per_token": number(known?.inputCost), "output_cost_per_token": number(known?.outputCost),
            "input_cost_per_pixel": nil, "mode": first.mode.map { .string($0) } ?? .null, "tpm": nil,
            "rpm": first.requestLimit.map { .int($0) } ?? .null, "itpm": nil, "otpm": nil,
            "supports_parallel_function_calling": can("parallel_function_calling"), "supports_vision": can("vision"),
            "supports_web_search": false, "supports_url_context": false, "supports_reasoning": can("reasoning"),
            "supports_function_calling": can("function_calling"), "supports_fast_mode": false,
            "supported_reasoning_efforts": known?.mode == "chat" ? [] : nil,
            "supported_openai_params": .array(supportedParameters(first.provider).map { .string($0) }),
            "configurable_clientside_auth_params": nil, "description": nil,
            "supported_endpoints": extra[first.upstreamModel]?["supported_endpoints"] ?? .null,
            "supports_background_chat": false, "is_public_model_group": false, "health_status": nil,
            "health_response_time": nil, "health_checked_at": nil, "custom_tags": nil, "custom_metadata": nil,
        ]
    }

    /// Parameters that a provider takes; OpenAI's when it is not known.
    static func supportedParameters(_ provider: String) -> [String] {
        (parameterLists[provider] ?? openAIParameters + " response_format reasoning_effort").split(separator: " ").map(
            String.init)
    }

    /// Those of `/utils/supported_openai_params`, which asks for a name instead of a deployment.
    static func supportedParameters(ofName name: String, _ provider: String) -> [String] {
        (parameterLists[provider] ?? openAIParameters + " response_format user").split(separator: " ").map(String.init)
    }

    private static let openAIParameters =
        "frequency_penalty logit_bias logprobs top_logprobs max_tokens max_completion_tokens modalities prediction n "
        + "presence_penalty seed stop stream stream_options temperature top_p tools tool_choice function_call functions "
        + "max_retries extra_headers parallel_tool_calls audio web_search_options service_tier safety_identifier "
        + "prompt_cache_key prompt_cache_retention store"

    private static let parameterLists = [
        "text-completion-openai":
            "functions function_call temperature top_p n stream stream_options stop max_tokens presence_penalty "
            + "frequency_penalty logit_bias user response_format seed tools tool_choice max_retries logprobs top_logprobs "
            + "extra_headers",
        "cohere":
            "stream temperature max_tokens max_completion_tokens top_p frequency_penalty presence_penalty stop n tools "
            + "tool_choice seed extra_headers",
        "anthropic":
            "stream stop temperature top_p max_tokens max_completion_tokens tools tool_choice extra_headers "
            + "parallel_tool_calls response_format user web_search_options speed context_management cache_control "
            + "service_tier",
    ]

    /// What is known of single models beyond prices and limits.
    private static let extra: [String: JSONObject] = [
        "gpt-4o-mini": [
            "input_cost_per_token_priority": 2.5e-07, "cache_read_input_token_cost": 7.5e-08,
            "cache_read_input_token_cost_priority": 1.25e-07, "input_cost_per_token_batches": 7.5e-08,
            "output_cost_per_token_batches": 3e-07, "output_cost_per_token_priority": 1e-06,
            "supports_system_messages": true, "supports_response_schema": true, "supports_tool_choice": true,
            "supports_prompt_caching": true, "supports_pdf_input": true,
            "search_context_cost_per_query": [
                "search_context_size_high": 0.025, "search_context_size_low": 0.025,
                "search_context_size_medium": 0.025,
            ],
        ],
        "gpt-image-1": [
            "cache_read_input_token_cost": 1.25e-06, "cache_read_input_token_cost_batches": 6.3e-07,
            "input_cost_per_image_token": 1e-05, "input_cost_per_image_token_batches": 5e-06,
            "input_cost_per_token_batches": 2.5e-06, "output_cost_per_token": 0, "output_cost_per_image_token": 4e-05,
            "supported_endpoints": ["/v1/images/generations", "/v1/images/edits"],
        ],
    ]

    /// Every member between `key` and `supported_openai_params`, in its order; null where nothing is known.
    private static let members = """
        max_tokens max_input_tokens max_output_tokens input_cost_per_token input_cost_per_token_flex
        input_cost_per_token_priority input_cost_per_token_balanced input_cost_per_token_ultrafast
        cache_creation_input_token_cost cache_creation_input_token_cost_above_200k_tokens
        cache_creation_input_token_cost_above_272k_tokens cache_creation_input_token_cost_above_272k_tokens_priority
        cache_creation_input_token_cost_above_272k_tokens_flex
        cache_creation_input_token_cost_above_272k_tokens_ultrafast cache_creation_input_token_cost_flex
        cache_creation_input_token_cost_priority cache_creation_input_token_cost_ultrafast
        cache_read_input_token_cost cache_read_input_audio_token_cost cache_read_input_audio_token_cost_flex
        cache_read_input_audio_token_cost_priority cache_read_input_audio_token_cost_batches
        explicit_cache_read_input_token_cost prompt_cache_min_tokens cache_read_input_token_cost_above_200k_tokens
        cache_read_input_token_cost_above_200k_tokens_priority cache_read_input_token_cost_above_272k_tokens
        cache_read_input_token_cost_above_272k_tokens_priority cache_read_input_token_cost_above_272k_tokens_flex
        cache_read_input_token_cost_above_272k_tokens_ultrafast cache_read_input_token_cost_above_512k_tokens
        cache_read_input_token_cost_flex cache_read_input_token_cost_priority cache_read_input_token_cost_balanced
        cache_read_input_token_cost_ultrafast cache_read_input_token_cost_batches
        cache_read_input_token_cost_above_200k_tokens_batches cache_read_input_token_cost_above_272k_tokens_batches
        cache_creation_input_token_cost_batches cache_creation_input_token_cost_above_200k_tokens_batches
        cache_creation_input_token_cost_above_272k_tokens_batches cache_creation_input_token_cost_above_1hr
        cache_creation_input_token_cost_above_12hr cache_creation_input_token_cost_above_12hr_flex
        cache_creation_input_token_cost_above_12hr_priority
        cache_creation_input_token_cost_above_12hr_above_272k_tokens
        cache_creation_input_token_cost_above_12hr_above_272k_tokens_flex
        cache_creation_input_token_cost_above_12hr_above_272k_tokens_priority
        cache_creation_input_token_cost_above_12hr_batches cache_creation_input_token_cost_above_12hr_ultrafast
        cache_creation_input_token_cost_above_12hr_above_272k_tokens_batches
        cache_creation_input_token_cost_above_12hr_above_272k_tokens_ultrafast off_peak_pricing
        input_cost_per_character input_cost_per_token_above_128k_tokens input_cost_per_token_above_200k_tokens
        input_cost_per_token_above_200k_tokens_priority input_cost_per_token_above_272k_tokens
        input_cost_per_token_above_272k_tokens_priority input_cost_per_token_above_272k_tokens_flex
        input_cost_per_token_above_272k_tokens_ultrafast input_cost_per_token_above_512k_tokens input_cost_per_query
        cost_per_second input_cost_per_second input_cost_per_text_message input_cost_per_audio_token
        input_cost_per_audio_token_flex input_cost_per_audio_token_priority input_cost_per_image_token
        input_cost_per_video_token input_cost_per_audio_token_batches input_cost_per_image_token_batches
        input_cost_per_image input_cost_per_audio_per_second input_cost_per_video_per_second
        input_cost_per_token_batches input_cost_per_video_token_batches
        input_cost_per_token_above_200k_tokens_batches input_cost_per_token_above_272k_tokens_batches
        output_cost_per_token_batches output_cost_per_token_above_200k_tokens_batches
        output_cost_per_token_above_272k_tokens_batches output_cost_per_token output_cost_per_token_flex
        output_cost_per_token_priority output_cost_per_token_balanced output_cost_per_token_ultrafast
        regional_processing_uplift_multiplier_eu regional_processing_uplift_multiplier_us
        regional_endpoint_uplift_multiplier output_cost_per_audio_token output_cost_per_character
        output_cost_per_reasoning_token output_cost_per_reasoning_token_flex
        output_cost_per_reasoning_token_priority output_cost_per_token_above_128k_tokens
        output_cost_per_character_above_128k_tokens output_cost_per_token_above_200k_tokens
        output_cost_per_token_above_200k_tokens_priority output_cost_per_token_above_272k_tokens
        output_cost_per_token_above_272k_tokens_priority output_cost_per_token_above_272k_tokens_flex
        output_cost_per_token_above_272k_tokens_ultrafast output_cost_per_token_above_512k_tokens
        output_cost_per_second output_cost_per_second_1080p output_cost_per_second_480p output_cost_per_second_720p
        output_cost_per_second_768p output_cost_per_second_2k output_cost_per_second_4k
        output_cost_per_video_per_second output_cost_per_image output_cost_per_pixel output_cost_per_image_token
        output_cost_per_image_token_batches output_cost_per_video_token output_vector_size citation_cost_per_token
        tiered_pricing litellm_provider mode supported_endpoints supports_system_messages supports_response_schema
        supports_vision supports_function_calling supports_parallel_function_calling supports_tool_choice
        supports_assistant_prefill supports_prompt_caching supports_prompt_cache_breakpoint
        supports_thinking_cache_preservation supports_audio_input supports_video_input supports_box_questions
        supports_audio_output supports_pdf_input supports_embedding_image_input supports_native_streaming
        supports_native_structured_output supports_bedrock_native_structured_output supports_web_search
        supports_url_context supports_reasoning supports_adaptive_thinking supports_legacy_thinking
        thinking_always_on supports_tool_search supports_mid_conversation_system supports_anthropic_thinking_payload
        supports_anthropic_compaction supports_none_reasoning_effort supports_minimal_reasoning_effort
        supports_low_reasoning_effort supports_xhigh_reasoning_effort supports_max_reasoning_effort
        reasoning_effort_levels reasoning_modes reasoning_contexts default_reasoning_effort
        bedrock_output_config_effort_ceiling bedrock_converse_supports_strict_tools supports_regex_lookaround
        supports_computer_use search_context_cost_per_query search_queries_cost_per_query web_search_billing_unit
        search_free_requests google_maps_grounding_cost_per_query tpm rpm ocr_cost_per_page
        ocr_cost_per_page_batches ocr_cost_per_credit annotation_cost_per_page annotation_cost_per_page_batches
        provider_specific_entry uses_embed_content supports_image_size supported_audio_formats token_count_framing
        token_count_model token_count_tokenizer vertex_ai_audio_api
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
}
