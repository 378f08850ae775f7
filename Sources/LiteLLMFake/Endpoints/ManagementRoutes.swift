/// The management routes of a proxy without a database: what each says instead of doing anything.
///
/// A line is methods, path, and the fields that are asked for before the database is.
enum ManagementRoutes {
    static let databaseText =
        "DB not connected. This endpoint needs a database; set DATABASE_URL to a PostgreSQL connection string "
        + "(postgresql://...) to enable it. See https://docs.litellm.ai/docs/proxy/virtual_keys"
    static let shortText =
        "Database not connected. Connect a database to your proxy - "
        + "https://docs.litellm.ai/docs/simple_proxy#managing-auth---virtual-keys"

    private static let enterpriseText =
        "Organizations are only available for LiteLLM Enterprise users. You must be a LiteLLM Enterprise user to use this "
        + "feature. If you have a license please set `LITELLM_LICENSE` in your env. Get a 7 day trial key here: "
        + #"https://www.litellm.ai/enterprise#trial. \nPricing: https://www.litellm.ai/#pricing"#

    /// Status, body, and the routes that answer so.
    static let all: [(status: Int, body: String, routes: String)] = [
        (500, #"{"detail":{"error":""# + databaseText + #""}}"#, database),
        (500, #"{"detail":""# + databaseText + #""}"#, plainDatabase),
        (
            500,
            #"{"error":{"message":"Database not connected","type":"internal_server_error","param":null,"code":"500"}}"#,
            "GET /key/aliases"
        ),
        (500, #"{"detail":{"error":"Database not connected"}}"#, "POST /user/bulk_update"),
        (
            500, #"{"detail":{"error":"DB not connected. prisma_client is None"}}"#,
            "POST /team/{team_id}/member/{user_id}/reset_budget"
        ),
        (
            500,
            #"{"error":{"message":"{'error': '"# + shortText
                + #"'}","type":"internal_server_error","param":null,"code":"500"}}"#, "GET /team/info"
        ),
        (500, #"{"detail":{"error":""# + shortText + #""}}"#, "GET /team/{team_id}/members/me"),
        (400, #"{"detail":{"error":""# + databaseText + #""}}"#, refusingDatabase),
        (400, #"{"detail":{"error":""# + shortText + #""}}"#, "GET /spend/users"),
        (
            500, #"{"detail":{"error":"500: {'error': 'Postgres DB Not connected'}"}}"#,
            "POST /customer/block body:user_ids"
        ),
        (403, #"{"detail":{"error":""# + enterpriseText + #""}}"#, enterprise),
        (500, #"{"detail":{"error":"No db connected. prisma client=None"}}"#, "GET /v2/team/list"),
        (
            500, #"{"detail":{"error":"No db connected"}}"#,
            lone
        ),
        (
            503,
            #"{"type":"urn:litellm:error:database-not-connected","title":"Database not connected","status":503,"detail":""#
                + databaseText + #""}"#, "GET /management/v1/budgets"
        ),
        (500, #"{"detail":{"error":"Set `'STORE_MODEL_IN_DB='True'` in your env to enable this feature."}}"#, unstored),
        (500, #"{"detail":{"error":"Database not connected. Please connect a database."}}"#, askingForDatabase),
        (500, #"{"detail":"Database not connected. Please connect a database."}"#, "PATCH /update/user_banner"),
        (
            500,
            #"{"error":{"message":"{'error': \"No DB Connected. Here's how to do it - https://docs.litellm.ai/docs/proxy/virtual_keys\"}","type":"internal_server_error","param":null,"code":"500"}}"#,
            "POST /model/update\nPOST /model/new body:model_name body:litellm_params\nPOST /model/delete body:id"
        ),
        (500, #"{"detail":{"error":"Database not connected."}}"#, sentence),
        (500, #"{"detail":"Database not connected"}"#, bare),
        (
            400,
            #"{"detail":{"error":"Database storage not enabled. Set 'STORE_MODEL_IN_DB=True' in your environment to use this feature."}}"#,
            "DELETE /fallback/{model}"
        ),
        (500, #"{"detail":"Prisma client not initialized"}"#, prisma),
        (
            500, #"{"detail":{"error":"Failed to perform CloudZero dry run export: "# + shortText + #""}}"#,
            "POST /cloudzero/dry-run"
        ),
        (
            500,
            #"{"detail":{"error":"Failed to perform CloudZero export: 500: {'error': '"# + databaseText + #"'}"}}"#,
            "POST /cloudzero/export"
        ),
        (
            500, #"{"detail":{"error":"Failed to perform Vantage dry run export: "# + shortText + #""}}"#,
            "POST /vantage/dry-run"
        ),
    ]

    private static let plainDatabase = """
        GET /public/skill_hub
        GET /key/spend/report
        GET /user/spend/report
        GET /team/spend/report
        GET /organization/spend/report
        GET /auto_router/benchmarks
        GET /auto_router/shadow_eval
        GET /auto_router/shadow_eval/{job_id}
        POST /auto_router/shadow_eval/{job_id}/stop
        GET /v1/workflows/runs
        GET,PATCH /v1/workflows/runs/{run_id}
        GET /v1/workflows/runs/{run_id}/events
        GET /v1/workflows/runs/{run_id}/messages
        GET /v1/memory
        DELETE,GET,PUT /v1/memory/{key}
        GET /gateway/daily/activity
        GET /gateway/errors/activity
        GET /telemetry/reports
        PATCH /v1/agents/{agent_id}
        POST /v1/agents/{agent_id}/make_public
        GET /v1/indexes
        GET /v1/tool/list
        GET /v1/tool/spend
        GET /v1/tool/{tool_name}
        GET /v1/tool/{tool_name}/detail
        GET /v1/tool/{tool_name}/logs
        DELETE /v1/tool/{tool_name}/overrides
        GET /model-insights
        GET /model-insights/tasks
        DELETE,GET,POST /config_overrides/cyberark
        DELETE,GET,POST /config_overrides/hashicorp_vault
        DELETE,PATCH /prompts/{prompt_id}
        """

    private static let database = """
        POST /fine_tuning/jobs body:model body:training_file
        POST /v1/fine_tuning/jobs body:model body:training_file
        POST /credentials/{credential_name}/user_connection/poll body:flow_handle
        PATCH /credentials/{credential_name} body:credential_info
        GET /config/pass_through_endpoint/team/{team_id}
        DELETE /config/pass_through_endpoint query:endpoint_id
        GET /config/pass_through_endpoint
        POST /config/pass_through_endpoint body:path body:target
        POST /config/pass_through_endpoint/{endpoint_id} body:path body:target
        POST /key/service-account/generate
        POST /key/bulk_update body:keys
        POST /team/key/bulk_update body:team_id body:update_fields
        POST /credentials/migrate-encryption
        GET /credentials/migrate-encryption/check
        POST /key/{key}/reset_spend body:reset_to
        POST /key/block body:key
        POST /key/unblock body:key
        GET /user/daily/activity
        GET /user/daily/activity/aggregated
        GET /user/daily/activity/aggregated/keys
        GET /user/daily/activity/aggregated/search
        GET /user/daily/activity/aggregated/model_top_keys
        GET /user/daily/activity/export
        GET /user/daily/activity/aggregated/users
        GET /user/daily/activity/aggregated/cache_leakage_keys
        GET /team/daily/activity/aggregated
        GET /team/daily/activity/aggregated/keys
        GET /team/daily/activity/aggregated/search
        GET /team/daily/activity/aggregated/model_top_keys
        GET /team/daily/activity/export
        GET /tag/daily/activity/aggregated
        GET /tag/daily/activity/aggregated/keys
        GET /tag/daily/activity/aggregated/search
        GET /tag/daily/activity/aggregated/model_top_keys
        GET /tag/daily/activity/export
        GET /organization/daily/activity/aggregated
        GET /organization/daily/activity/aggregated/keys
        GET /organization/daily/activity/aggregated/search
        GET /organization/daily/activity/aggregated/model_top_keys
        GET /organization/daily/activity/export
        GET /customer/daily/activity/aggregated
        GET /customer/daily/activity/aggregated/keys
        GET /customer/daily/activity/aggregated/search
        GET /customer/daily/activity/aggregated/model_top_keys
        GET /customer/daily/activity/export
        GET /agent/daily/activity/aggregated
        GET /agent/daily/activity/aggregated/keys
        GET /agent/daily/activity/aggregated/search
        GET /agent/daily/activity/aggregated/model_top_keys
        GET /agent/daily/activity/export
        POST /user/password/change body:current_password body:new_password
        POST /session/logout
        POST /team/update body:team_id
        POST /team/{team_id}/member/{user_id}/reset_spend body:reset_to
        POST /team/bulk_member_add body:team_id
        POST /team/block body:team_id
        POST /team/unblock body:team_id
        POST /team/model/add body:team_id body:models
        POST /team/model/delete body:team_id body:models
        POST /team/permissions_update body:team_id body:team_member_permissions
        POST /team/permissions_bulk_update body:permissions
        GET /team/daily/activity
        GET /team/spend/by_user
        POST /customer/unblock body:user_ids
        GET /customer/info query:end_user_id
        POST /customer/new body:user_id
        POST /customer/update body:user_id
        POST /customer/delete body:user_ids
        GET /customer/daily/activity
        GET /spend/capture_rate query:start_date query:end_date
        POST /v1/rust_control_plane/logs body:records
        POST /add/allowed_ip body:ip
        POST /delete/allowed_ip body:ip
        PATCH /update/background_chat_settings body:enabled
        POST /upload/logo body:file
        POST /moyai/connect/start body:moyai_url body:return_to
        POST /moyai/connect/exchange body:code body:moyai_url
        POST /team/{team_id}/callback body:callback_name body:callback_vars
        DELETE /team/{team_id}/callback/{callback_name}
        POST /budget/update
        POST /budget/delete body:id
        PATCH /model/{model_id}/update
        POST /model/block body:model_id
        POST /model/unblock body:model_id
        POST /model_group/make_public body:model_groups
        POST /model_hub/update_useful_links body:useful_links
        POST /access_group/new body:access_group
        POST /auto_router/validate_complexity_router_config body:complexity_router_config
        POST /auto_router/test_routing body:complexity_router_config
        GET /auto_router/session query:session_id
        POST /auto_router/shadow_eval/start body:shadow_percentage
        POST /tag/new body:name
        POST /tag/update body:name
        POST /tag/info body:names
        POST /tag/delete body:name
        POST /v1/workflows/runs body:workflow_type
        POST /v1/workflows/runs/{run_id}/events body:event_type body:step_name
        POST /v1/workflows/runs/{run_id}/messages body:role body:content
        POST /v1/memory body:key body:value
        POST /cost/predict-cache body:current_deployment_id body:candidate_deployment_id body:request
        GET,PATCH /config/cost_discount_config
        GET,PATCH /config/cost_margin_config
        PATCH /config/block_requests_for_models_without_pricing body:enabled
        POST /cost/estimate body:model body:input_tokens body:output_tokens
        GET /subscription_accounts/usage
        POST /subscription_accounts/new
        POST /subscription_accounts/update
        POST /subscription_accounts/delete
        GET /cost_optimization/prompt_caching/requests query:start_date query:end_date
        POST /fallback body:model body:fallback_models
        POST /cache/settings body:cache_settings
        POST /cache/settings/test body:cache_settings
        POST /coordination_redis/settings body:settings
        POST /coordination_redis/settings/test body:settings
        GET /tag/distinct
        GET /tag/dau
        GET /tag/wau
        GET /tag/mau
        GET /tag/summary query:start_date query:end_date
        GET /tag/user-agent/per-user-analytics
        POST /telemetry/ui_events body:page body:action
        PUT /telemetry/settings body:groups
        POST /apply_guardrail body:guardrail_name body:text
        POST /guardrails body:guardrail
        POST /guardrails/apply_guardrail body:guardrail_name body:text
        POST /guardrails/register body:guardrail_name body:litellm_params
        POST /guardrails/test_custom_code body:custom_code body:test_input
        PUT /guardrails/{guardrail_id} body:guardrail
        POST /policy/templates/enrich body:template_id body:parameters
        POST /policy/templates/test body:guardrail_definitions body:text
        POST /policy/validate body:policies
        POST /policies body:policy_name
        POST /policies/attachments body:policy_name
        POST /policies/attachments/estimate-impact body:policy_name
        GET /policies/compare query:version_a query:version_b
        POST /policies/test-pipeline body:pipeline body:test_messages
        PUT /policies/{policy_id}/status body:version_status
        GET /agent/daily/activity
        POST /v1/agents body:agent_name
        POST /v1/agents/make_public body:agent_ids
        PUT /v1/agents/{agent_id} body:agent_name
        POST /v1/a2a/discover body:url
        POST /v1/indexes body:index_name body:litellm_params
        POST /vector_store/delete body:vector_store_id
        POST /vector_store/info body:vector_store_id
        POST /vector_store/update body:vector_store_id
        POST /v1/tool/policy body:tool_name
        POST /search_tools body:search_tool
        POST /search_tools/test_connection body:litellm_params
        PUT /search_tools/{search_tool_id} body:search_tool
        GET /authorize query:redirect_uri
        POST /authorize/complete body:flow
        GET /authorize/flow query:flow
        POST /introspect body:token
        POST /revoke body:token body:client_id
        POST /token body:grant_type
        GET /claude-code/marketplace.json
        GET /claude-code/plugins
        POST /claude-code/plugins body:source body:name
        DELETE,GET /claude-code/plugins/{plugin_name}
        PUT /claude-code/plugins/{plugin_name} body:source
        POST /claude-code/plugins/{plugin_name}/disable
        POST /claude-code/plugins/{plugin_name}/enable
        DELETE /cloudzero/delete
        POST /cloudzero/init body:api_key body:connection_id
        GET /cloudzero/settings
        DELETE /vantage/delete
        POST /vantage/export
        POST /vantage/init body:api_key body:integration_token
        GET /vantage/settings
        POST /prompts body:prompt_id body:litellm_params
        POST /prompts/test body:dotprompt_content
        PUT /prompts/{prompt_id} body:prompt_id body:litellm_params
        POST /jwt/key/mapping/delete body:id
        GET /jwt/key/mapping/info query:id
        POST /jwt/key/mapping/new body:jwt_claim_name body:jwt_claim_value
        POST /jwt/key/mapping/update body:id
        POST /compliance/eu-ai-act body:request_id
        POST /compliance/gdpr body:request_id
        GET /v1/access_group
        POST /v1/access_group body:access_group_name
        DELETE,GET,PUT /v1/access_group/{access_group_id}
        GET /v1/unified_access_group
        POST /v1/unified_access_group body:access_group_name
        DELETE,GET,PUT /v1/unified_access_group/{access_group_id}
        """

    private static let lone = """
        GET /team/permissions_list
        GET /team/{team_id}/callback
        POST /team/{team_id}/disable_logging
        POST /user/delete body:user_ids
        POST /budget/info body:budgets
        POST /team/delete body:team_ids
        POST /team/member_add body:member body:team_id
        GET /global/spend/keys
        GET /global/spend/models
        GET /global/spend/teams
        POST /global/spend/end_users
        """

    private static let refusingDatabase = """
        GET /team/available
        GET /budget/list
        GET /budget/settings query:budget_id
        GET /alerting/settings
        GET /config/list query:config_type
        GET /config/field/info query:field_name
        """

    private static let enterprise = """
        GET /organization/list
        GET /organization/info
        POST /organization/new
        PATCH /organization/update
        DELETE /organization/delete
        """

    private static let unstored = """
        PATCH /update/internal_user_settings
        PATCH /update/default_team_settings
        PATCH /update/ui_theme_settings
        PATCH /update/websearch_interception_settings
        """

    private static let askingForDatabase = """
        GET /get/sso_settings
        PATCH /update/sso_settings
        GET /get/websearch_interception_settings
        GET /get/ui_settings
        PATCH /update/ui_settings
        """

    private static let sentence = """
        GET /access_group/list
        GET /access_group/{access_group}/info
        PUT /access_group/{access_group}/update
        DELETE /access_group/{access_group}/delete
        DELETE,GET,PUT /access_group/{access_group}/budget
        """

    private static let bare = """
        GET /tag/list
        GET /tag/daily/activity
        DELETE,GET /policies/attachments/{attachment_id}
        DELETE /policies/name/{policy_name}/all-versions
        GET,POST /policies/name/{policy_name}/versions
        POST /policies/resolve
        DELETE,GET,PUT /policies/{policy_id}
        GET /policies/{policy_id}/resolved-guardrails
        GET /jwt/key/mapping/list
        """

    private static let prisma = """
        GET /guardrails/submissions
        GET /guardrails/submissions/{guardrail_id}
        POST /guardrails/submissions/{guardrail_id}/approve
        POST /guardrails/submissions/{guardrail_id}/reject
        GET /guardrails/usage/detail/{guardrail_id}
        DELETE,PATCH /guardrails/{guardrail_id}
        DELETE,GET /v1/agents/{agent_id}
        GET /search_tools/list
        DELETE,GET /search_tools/{search_tool_id}
        """
}
