extension JournalEntry {
    /// About how many bytes the entry takes. The same each time that it is asked for.
    var size: Int { MemoryLayout<JournalEntry?>.stride + event.size }
}

extension JournalEvent {
    fileprivate var size: Int {
        switch self {
        case .accepted(let peer, let local): peer.utf8.count + local.utf8.count
        case .exchange(let record), .opened(let record): record.size
        case .message(let record): record.payload.count
        case .control(let record): record.reason.utf8.count
        case .effect(let record): record.detail.utf8.count
        case .closed(let record): record.detail.utf8.count
        case .refused(let fault, _): fault.utf8.count
        case .secured, .scenario, .lifecycle: 0
        }
    }

    /// Keeps the beginning of what is longer than the bound.
    mutating func trim(to limit: Int) {
        switch self {
        case .exchange(let record):
            if record.exceeds(limit) { self = .exchange(record.trimmed(to: limit)) }
        case .opened(let record):
            if record.exceeds(limit) { self = .opened(record.trimmed(to: limit)) }
        case .message(var record):
            if record.payload.count > limit {
                record.payload = Array(record.payload.prefix(limit))
                self = .message(record)
            }
        default: break
        }
    }
}

extension ExchangeRecord {
    fileprivate var size: Int {
        MemoryLayout<ExchangeRecord>.stride + target.utf8.count + path.utf8.count + requestHeaders.size
            + requestBody.count + responseHeaders.size + responseBody.count
    }

    fileprivate func exceeds(_ limit: Int) -> Bool { requestBody.count > limit || responseBody.count > limit }

    fileprivate func trimmed(to limit: Int) -> ExchangeRecord {
        var record = self
        if requestBody.count > limit { record.requestBody = Array(requestBody.prefix(limit)) }
        if responseBody.count > limit { record.responseBody = Array(responseBody.prefix(limit)) }
        return record
    }
}
