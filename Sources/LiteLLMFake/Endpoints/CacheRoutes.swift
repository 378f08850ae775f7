internal import JSONTree
internal import SocketServer

/// What is done to a cache.
enum CacheChange: Sendable {
    case delete, flush, redisInfo

    /// What a cache in memory cannot do.
    var refusal: String {
        switch self {
        case .delete: "500: Cache type local does not support deleting a key. only `redis` is supported"
        case .flush: "500: Cache type local does not support flushing"
        case .redisInfo: "500: Cache type local does not support redis info"
        }
    }
}

/// `/cache/*`.
extension FakeLiteLLM {
    func cachePing(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        guard settings.proxy.caches else {
            throw ProxyError(
                503,
                #"{"message": "Cache not initialized. litellm.cache is None", "litellm_cache_params": "{}", "#
                    + #""health_check_cache_params": "{}"}"#, type: "cache_ping_error", param: "cache_ping")
        }
        let kinds = [
            "completion", "acompletion", "embedding", "aembedding", "atranscription", "transcription",
            "atext_completion", "text_completion", "arerank", "rerank", "responses", "aresponses", "anthropic_messages",
            "aanthropic_messages",
        ]
        let parameters: JSON = [
            "supported_call_types": .array(kinds.map { .string($0) }), "type": "local", "namespace": "None",
            "redis_flush_size": "None", "ttl": "None",
            "mode": [
                "_value_": "default_on", "_name_": "default_on", "__objclass__": "<enum 'CacheMode'>",
                "_sort_order_": 0,
            ], "semantic_cache_scope": "key", "max_messages": 4,
        ]
        let answer: JSON = [
            "status": "healthy", "cache_type": "local", "ping_response": nil, "set_cache_response": nil,
            "litellm_cache_params": .string(parameters.text(.python)), "health_check_cache_params": nil,
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func cacheChange(_ change: CacheChange, _ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let reason = settings.proxy.caches ? change.refusal : "503: Cache not initialized. litellm.cache is None"
        switch change {
        case .delete: throw .detail(500, .string("Cache Delete Failed(\(reason))"))
        case .flush, .redisInfo: throw .detail(503, .string("Service Unhealthy (\(reason))"))
        }
    }
}
