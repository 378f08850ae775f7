internal import JSONTree

extension JournalField {
    /// What an entry has there: nothing, a value, or several. As it was written down, secrets included.
    func values(in entry: JournalEntry) -> [JSON] {
        let event = entry.event
        switch self {
        case .fake: return [.string(entry.fake)]
        case .kind: return [.string(entry.kind)]
        case .connection: return [.number(JSONNumber(entry.connection))]
        case .event: return [.string(event.name.rawValue)]
        case .exchange: return event.exchangeID.map { [.int($0)] } ?? []
        case .client: return event.client.map { [.string($0)] } ?? []
        case .rule: return event.rules.map { .string($0) }
        case .effect: return texts(event.effect?.effect)
        case .detail: return texts(event.detail)
        case .method: return texts(event.record?.method)
        case .target: return texts(event.record?.target)
        case .path: return texts(event.record?.path)
        case .route: return texts(event.record?.route)
        case .status: return event.status.map { [.int($0)] } ?? []
        case .outcome: return texts(event.record?.outcome.word)
        case .error: return texts(event.record?.nativeError)
        case .direction: return texts((event.message?.direction ?? event.control?.direction)?.rawValue)
        case .type: return texts(event.message?.type ?? event.control?.kind.rawValue)
        case .code: return event.control?.code.map { [.int(Int($0))] } ?? []
        case .by: return texts(event.closed?.by.rawValue)
        case .how: return texts(event.closed?.how.rawValue)
        case .text: return event.texts.map { .string($0) }
        case .header(let name): return event.record?.requestHeaders.all(name).map { .string($0) } ?? []
        case .responseHeader(let name): return event.record?.responseHeaders.all(name).map { .string($0) } ?? []
        case .query(let name):
            return event.record?.queryItems.filter { $0.name == name }.map { .string($0.value) } ?? []
        case .body(let pointer): return value(at: pointer, in: event.record?.requestBody ?? event.message?.payload)
        case .response(let pointer): return value(at: pointer, in: event.record?.responseBody)
        }
    }

    private func texts(_ text: String?) -> [JSON] { text.map { [.string($0)] } ?? [] }

    private func value(at pointer: String, in body: [UInt8]?) -> [JSON] {
        // A body that is no JSON has no value anywhere, which is all that there is to know here.
        guard let body, let json = JSON.found(in: body, options: .pythonBytes), let value = json[pointer: pointer]
        else { return [] }
        return [value]
    }
}

extension JournalEvent {
    /// The exchange of `exchange` and `opened`.
    var record: ExchangeRecord? {
        switch self {
        case .exchange(let record), .opened(let record): record
        default: nil
        }
    }

    var message: MessageRecord? { if case .message(let record) = self { record } else { nil } }
    var control: ControlRecord? { if case .control(let record) = self { record } else { nil } }
    var effect: EffectRecord? { if case .effect(let record) = self { record } else { nil } }
    var closed: ClosedRecord? { if case .closed(let record) = self { record } else { nil } }

    var exchangeID: Int? {
        switch self {
        case .exchange(let record), .opened(let record): record.id
        case .message(let record): record.exchange
        case .control(let record): record.exchange
        case .effect(let record): record.exchange
        default: nil
        }
    }

    var client: String? { record?.client ?? message?.client ?? effect?.client }

    var rules: [String] { record?.rules ?? (effect?.rule ?? closed?.rule).map { [$0] } ?? [] }

    var status: Int? {
        if case .refused(_, let status) = self { return status }
        return record?.status
    }

    /// What is said in words.
    var detail: String? {
        switch self {
        case .effect(let record): record.detail
        case .closed(let record): record.detail
        case .control(let record): record.reason
        case .refused(let fault, _): fault
        case .scenario(let name, _): name
        case .lifecycle(let text): text
        default: nil
        }
    }

    /// All texts in which one may search.
    fileprivate var texts: [String] {
        if let record {
            return [record.target, record.requestBody.asText, record.responseBody.asText]
        }
        if let message { return [message.type, message.payload.asText] }
        return [detail].compactMap { $0 }
    }
}

extension [UInt8] {
    /// As UTF-8, with U+FFFD for what is none.
    var asText: String { String(decoding: self, as: UTF8.self) }
}
