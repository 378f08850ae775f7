internal import Fakes

/// What `/metrics` tells of calls: how many there were and how they ended, by deployment and client.
///
/// Nothing is counted unless the prometheus callback is on.
struct CallCounts: Sendable {
    /// Who called, where and for what.
    struct Origin: Sendable, Hashable {
        var route: String
        var agent: String
    }

    private struct Key: Hashable {
        var origin: Origin
        var group: String
        var deployment: Int
        var status: Int
        var exception: String
    }

    /// Clients can make up agents and names without end; the real proxy too stops telling them apart.
    private static let most = 1000

    private var counts: [Key: (count: Int, born: Double)] = [:]
    /// In the order in which they came up.
    private var order: [Key] = []
    private var states: [Int: Int] = [:]
    private var cooled: [Int: (status: Int, count: Int, born: Double)] = [:]

    /// - Parameters:
    ///   - failure: nil for a call that went well.
    ///   - coolsDown: whether the failure set the deployment aside.
    mutating func add(
        _ origin: Origin, group: String, deployment: Int, failure: CallFailure? = nil, coolsDown: Bool = false,
        now: Double
    ) {
        let exception = failure.map { "Openai.\($0.kind.rawValue)" } ?? ""
        let key = Key(
            origin: origin, group: group, deployment: deployment, status: failure?.status ?? 200, exception: exception)
        if let before = counts[key] {
            counts[key] = (before.count + 1, before.born)
        } else if order.count < Self.most {
            counts[key] = (1, now)
            order.append(key)
        }
        states[deployment] = coolsDown ? 2 : failure == nil ? 0 : 1
        if coolsDown, let failure {
            let before = cooled[deployment]
            cooled[deployment] = (failure.status, (before?.count ?? 0) + 1, before?.born ?? now)
        }
    }

    /// The samples of a family.
    func samples(of family: String, deployments: [Deployment]) -> [MetricSample] {
        switch family {
        case "litellm_proxy_total_requests_metric_total":
            samples(deployments, client: true) { ["status_code": "\($0.status)"] }
        case "litellm_proxy_failed_requests_metric_total":
            samples(deployments, client: true, failed: true) {
                ["exception_class": $0.exception, "exception_status": "\($0.status)"]
            }
        case "litellm_deployment_total_requests_total": samples(deployments, client: false) { _ in [:] }
        case "litellm_deployment_success_responses_total":
            samples(deployments, client: false, failed: false) { _ in [:] }
        case "litellm_deployment_failure_responses_total":
            samples(deployments, client: false, failed: true) {
                ["exception_class": $0.exception, "exception_status": "\($0.status)"]
            }
        case "litellm_deployment_state":
            states.sorted { $0.key < $1.key }.map { index, state in
                MetricSample(labels: Self.text(Self.place(deployments[index])), value: Double(state), born: 0)
            }
        case "litellm_deployment_cooled_down_total":
            cooled.sorted { $0.key < $1.key }.map { index, entry in
                var labels = Self.place(deployments[index])
                labels["exception_status"] = "\(entry.status)"
                labels["litellm_model_name"] = deployments[index].name
                return MetricSample(labels: Self.text(labels), value: Double(entry.count), born: entry.born)
            }
        default: []
        }
    }

    /// - Parameters:
    ///   - client: labels of the request as the client sees it; else those of the deployment.
    ///   - failed: only calls that failed, or only those that did not.
    private func samples(
        _ deployments: [Deployment], client: Bool, failed: Bool? = nil, _ more: (Key) -> [String: String]
    ) -> [MetricSample] {
        var sums: [String: MetricSample] = [:]
        var found: [String] = []
        for key in order where failed == nil || failed == (key.status != 200) {
            guard let entry = counts[key] else { continue }
            let deployment = deployments[key.deployment]
            var labels = [
                "api_key_alias": "None", "api_provider": deployment.provider, "client_ip": "127.0.0.1",
                "hashed_api_key": "None", "model_id": deployment.id, "requested_model": key.group, "team": "None",
                "team_alias": "None", "user_agent": key.origin.agent,
            ]
            if client {
                for name in ["end_user", "org_alias", "org_id", "user", "user_email"] { labels[name] = "None" }
                labels["route"] = key.origin.route
            } else {
                labels["model_group"] = key.group
                labels.merge(Self.place(deployment)) { $1 }
            }
            labels.merge(more(key)) { $1 }
            let text = Self.text(labels)
            if sums[text] == nil { found.append(text) }
            sums[text, default: MetricSample(labels: text, value: 0, born: entry.born)].value += Double(entry.count)
        }
        return found.compactMap { sums[$0] }
    }

    private static func place(_ deployment: Deployment) -> [String: String] {
        [
            "api_base": deployment.apiBase ?? "", "api_provider": deployment.provider,
            "litellm_model_name": deployment.upstreamModel, "model_id": deployment.id,
        ]
    }

    /// Labels by name, quoted as the text format wants it.
    private static func text(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { name, value in
            let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(quoted)\""
        }.joined(separator: ",")
    }
}
