import Journal

/// A test found another event than it wrote.
struct UnexpectedEvent: Error {}

extension JournalEntry {
    /// An entry of ComfyUI, a second after the start of 2026, if nothing else is said.
    static func make(
        _ event: JournalEvent, fake: String = "comfyui", kind: String? = nil, connection: UInt64 = 1,
        since: Duration = .seconds(1)
    ) -> JournalEntry {
        JournalEntry(
            at: 1_767_225_600 + since / .seconds(1), since: since, fake: fake, kind: kind ?? fake,
            connection: connection, event: event)
    }
}

extension ExchangeRecord {
    static func make(
        id: Int = 1, client: String = "", _ method: String = "POST", _ target: String = "/prompt",
        route: String? = "/prompt", headers: HeaderRecord = [:], body: [UInt8] = [], status: Int = 200,
        answerHeaders: HeaderRecord = [:], answer: [UInt8] = [], isStream: Bool = false,
        began: Duration = .seconds(1), took: Duration = .milliseconds(5), outcome: ExchangeOutcome = .complete,
        error: String? = nil, rules: [String] = []
    ) -> ExchangeRecord {
        ExchangeRecord(
            id: id, client: client, method: method, target: target,
            path: String(target.prefix { $0 != "?" }), route: route, requestHeaders: headers, requestBody: body,
            status: status, reason: status == 200 ? "OK" : "", responseHeaders: answerHeaders, responseBody: answer,
            isStream: isStream, began: began, head: status == 0 ? nil : began + took / 2, ended: began + took,
            outcome: outcome, nativeError: error, rules: rules)
    }
}
