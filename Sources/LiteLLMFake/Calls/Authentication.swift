internal import Fakes
internal import JSONTree
internal import SocketServer

/// Decides whether a request may go on, by the three states of the proxy: open, master key alone, or with keys.
struct Authentication: Sendable {
    let masterKey: String?
    let budgetExceededStatus: Int
    /// Whether a key store stands for the database.
    let hasKeys: Bool

    /// What a route asks of its caller.
    enum Demand: Sendable {
        /// Nothing: anybody may.
        case nothing
        /// Any key that is good; on a model, one that may use it.
        case key
        /// The master key.
        case admin
    }

    /// Checks a credential.
    ///
    /// - Parameters:
    ///   - model: the model that is asked for, where the route has one.
    ///   - path: the route, which the refusal of an ordinary key names.
    func caller(
        _ credential: Credential, demand: Demand, model: String?, path: String, keys: KeyStore, now: WallTime
    ) throws(ProxyError) -> Caller {
        guard let masterKey, demand != .nothing else {
            if case .key(let key) = credential { return Caller(name: key) }
            return Caller(name: "")
        }
        switch credential {
        case .none:
            throw ProxyError(401, "Authentication Error, No api key passed in.", type: "auth_error")
        case .malformed:
            throw ProxyError(401, Self.malformed, type: "auth_error")
        case .key(let key):
            if key == masterKey { return Caller(name: key) }
            guard hasKeys else { throw ProxyError(400, "No connected db.", type: "no_db_connection") }
            return try virtual(key, demand: demand, model: model, path: path, keys: keys, now: now)
        }
    }

    static let malformed = "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix."

    private func virtual(
        _ key: String, demand: Demand, model: String?, path: String, keys: KeyStore, now: WallTime
    ) throws(ProxyError) -> Caller {
        guard key.hasPrefix("sk-") else {
            let shown = key.utf8.count > 8 ? "\(key.prefix(4))****\(key.suffix(4))" : "****"
            throw ProxyError(
                401, "LiteLLM Virtual Key expected. Received=\(shown), expected to start with 'sk-'.",
                type: "auth_error")
        }
        guard let index = keys.index(of: key) else {
            throw .unknownKey
        }
        let entry = keys.entries[index]
        if entry.key.isBlocked {
            throw .blockedKey
        }
        if let ends = entry.ends, ends < now {
            throw .expiredKey(entry.token, ended: ends, now: now)
        }
        if let budget = entry.key.maxBudget, entry.spend > budget {
            throw .budgetExceeded(
                budgetExceededStatus, key: entry.key.shownName, spend: entry.spend, budget: budget)
        }
        if let model, !entry.key.models.isEmpty, !entry.key.models.contains(model) {
            throw .modelDenied(model)
        }
        if demand == .admin {
            throw ProxyError(
                401,
                "Authentication Error, Only proxy admin can be used to generate, delete, update info for new "
                    + "keys/users/teams. Route=\(path). Your role=unknown. Your user_id=*******",
                type: "auth_error")
        }
        return Caller(key: index, name: key)
    }
}

extension ProxyError {
    static let unknownKey = ProxyError(
        401, "Authentication Error, Invalid API key provided.", type: "token_not_found_in_db", param: "key")

    static let blockedKey = ProxyError(
        401, "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.", type: "auth_error")

    /// - Parameter token: the digest under which the proxy keeps the key.
    static func expiredKey(_ token: String, ended: WallTime, now: WallTime) -> ProxyError {
        ProxyError(
            401,
            "Authentication Error - Expired Key. Key Expiry time \(ended.dateTime())+00:00 and current time "
                + "\(now.isoMicroseconds.replacing("T", with: " "))+00:00",
            type: "expired_key", param: "sk-...\(token.suffix(4))")
    }

    static func budgetExceeded(_ status: Int, key: String, spend: Double, budget: Double) -> ProxyError {
        ProxyError(
            status,
            "Budget has been exceeded! Key=key (\(key)) Current cost: \(spend.pythonRepr), "
                + "Max budget: \(budget.pythonRepr)",
            type: "budget_exceeded")
    }

    static func modelDenied(_ model: String) -> ProxyError {
        ProxyError(
            403,
            "The requested model '\(model)' is not available for this API key, or the model name is invalid. "
                + "Check the models available to you and try again.",
            type: "key_model_access_denied", param: "model")
    }
}
