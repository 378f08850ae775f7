internal import JSONTree

/// `n`, how many choices a request asks for: every place that reads it reads it here, as a number without a bound
/// would fill the memory.
enum ChoiceCount {
    /// The most that OpenAI gives.
    static let most = 128
}

extension JSONObject {
    /// `n` within the bound: 0 for negative numbers, 1 where none is given.
    ///
    /// A provider refuses more than ``ChoiceCount/most``. The real proxy's mocks have no bound; here they give as many
    /// as a provider would.
    var choices: Int {
        exceedsChoices ? ChoiceCount.most : Swift.max(0, self["n"]?.int ?? 1)
    }

    /// Whether `n` is an integer beyond what a provider gives, be it too great for a machine's word.
    var exceedsChoices: Bool {
        guard case .number(let number)? = self["n"], number.isInteger else { return false }
        return number.int.map { $0 > ChoiceCount.most } ?? !number.spelling.utf8.starts(with: "-".utf8)
    }
}

extension CallFailure {
    /// The provider's refusal of an `n` that is too great; nil when there is nothing to refuse.
    static func tooManyChoices(
        _ document: JSONObject, of deployment: Deployment, style: CallStyle, streams: Bool
    ) -> CallFailure? {
        // Anthropic never gets to see the parameter.
        guard document.exceedsChoices, !deployment.isAnthropic else { return nil }
        let asked = document["n"]?.text() ?? ""
        let body: JSON = [
            "error": [
                "message": .string(
                    "Invalid value for 'n': expected a value <= \(ChoiceCount.most), but got \(asked) instead."),
                "type": "invalid_request_error", "param": "n", "code": "integer_above_max_value",
            ]
        ]
        return .status(400, body: body.text(), of: deployment, style: style, streams: streams)
    }
}
