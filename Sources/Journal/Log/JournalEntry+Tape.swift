extension JournalEntry {
    /// - Parameter source: the number of its fake and kind.
    func write(to tape: inout [UInt8], source: UInt32, body limit: Int) {
        EntryNumbers(source: source, connection: connection, at: at, since: since).write(to: &tape)
        event.write(to: &tape, body: limit)
    }
}

/// What every entry begins with.
struct EntryNumbers: BitwiseCopyable {
    var source: UInt32
    var connection: UInt64
    var at: Double
    var since: Duration

    @inline(__always)
    func write(to tape: inout [UInt8]) { tape.put(self) }
}

/// The kinds of events on the tape.
enum EventCode: UInt8, BitwiseCopyable {
    case accepted, secured, exchange, opened, message, control, effect, refused, scenario, lifecycle, closed
}

extension JournalEvent {
    fileprivate func write(to tape: inout [UInt8], body limit: Int) {
        switch self {
        case .accepted(let peer, let local):
            tape.put(EventCode.accepted)
            tape.put(text: peer)
            tape.put(text: local)
        case .secured(let version, let alpn):
            tape.put(EventCode.secured)
            tape.put(text: version)
            tape.put(text: alpn)
        case .exchange(let record):
            tape.put(EventCode.exchange)
            record.write(to: &tape, body: limit)
        case .opened(let record):
            tape.put(EventCode.opened)
            record.write(to: &tape, body: limit)
        case .message(let record):
            tape.put(EventCode.message)
            record.write(to: &tape, body: limit)
        case .control(let record):
            tape.put(EventCode.control)
            record.write(to: &tape)
        case .effect(let record):
            tape.put(EventCode.effect)
            tape.put(text: record.rule)
            tape.put(text: record.effect)
            tape.put(text: record.detail)
            tape.put(record.exchange ?? -1)
            tape.put(text: record.client)
        case .refused(let fault, let status):
            tape.put(EventCode.refused)
            tape.put(text: fault)
            tape.put(status ?? -1)
        case .scenario(let name, let rules):
            tape.put(EventCode.scenario)
            tape.put(text: name)
            tape.put(rules)
        case .lifecycle(let text):
            tape.put(EventCode.lifecycle)
            tape.put(text: text)
        case .closed(let record):
            tape.put(EventCode.closed)
            record.write(to: &tape)
        }
    }

    init(from tape: inout TapeReader) {
        self =
            switch tape.take(EventCode.self) {
            case .accepted: .accepted(peer: tape.text(), local: tape.text())
            case .secured: .secured(version: tape.text(), alpn: tape.textIfAny())
            case .exchange: .exchange(ExchangeRecord(from: &tape))
            case .opened: .opened(ExchangeRecord(from: &tape))
            case .message: .message(MessageRecord(from: &tape))
            case .control: .control(ControlRecord(from: &tape))
            case .effect:
                .effect(
                    EffectRecord(
                        rule: tape.text(), effect: tape.text(), detail: tape.text(),
                        exchange: Self.some(tape.take()), client: tape.text()))
            case .refused: .refused(fault: tape.text(), status: Self.some(tape.take()))
            case .scenario: .scenario(name: tape.text(), rules: tape.take())
            case .lifecycle: .lifecycle(tape.text())
            case .closed: .closed(ClosedRecord(from: &tape))
            }
    }

    private static func some(_ number: Int) -> Int? { number < 0 ? nil : number }
}

/// What a message has of fixed size.
private struct MessageNumbers: BitwiseCopyable {
    var exchange: Int64
    var size: Int64
    var payload: UInt32
    var isReceived: Bool
    var form: UInt8
}

extension MessageRecord {
    func write(to tape: inout [UInt8], body limit: Int) {
        let (code, name): (UInt8, String?) =
            switch form {
            case .text: (0, nil)
            case .binary: (1, nil)
            case .event(nil): (2, nil)
            case .event(let name): (3, name)
            }
        tape.put(
            MessageNumbers(
                exchange: Int64(exchange), size: Int64(size), payload: UInt32(min(payload.count, limit)),
                isReceived: direction == .received, form: code))
        tape.put(text: client)
        tape.put(text: type)
        if let name { tape.put(text: name) }
        tape.append(contentsOf: payload.prefix(limit))
    }

    fileprivate init(from tape: inout TapeReader) {
        let numbers = tape.take(MessageNumbers.self)
        let client = tape.text()
        let type = tape.text()
        let form: Form =
            switch numbers.form {
            case 0: .text
            case 1: .binary
            case 2: .event(name: nil)
            default: .event(name: tape.text())
            }
        self.init(
            exchange: Int(numbers.exchange), client: client, direction: numbers.isReceived ? .received : .sent,
            form: form, type: type, payload: tape.bytes(Int(numbers.payload)), size: Int(numbers.size))
    }
}

extension ControlRecord {
    fileprivate func write(to tape: inout [UInt8]) {
        tape.put(exchange)
        tape.put(text: kind.rawValue)
        tape.put(direction == .received)
        tape.put(code.map { Int32($0) } ?? -1)
        tape.put(text: reason)
        tape.put(size)
    }

    fileprivate init(from tape: inout TapeReader) {
        let exchange = tape.take(Int.self)
        let kind = Kind(rawValue: tape.text()) ?? .ping
        let direction: JournalDirection = tape.take(Bool.self) ? .received : .sent
        let code = tape.take(Int32.self)
        self.init(
            exchange: exchange, kind: kind, direction: direction, code: code < 0 ? nil : UInt16(code),
            reason: tape.text(), size: tape.take())
    }
}

extension ClosedRecord {
    fileprivate func write(to tape: inout [UInt8]) {
        tape.put(text: by.rawValue)
        tape.put(text: how.rawValue)
        tape.put(text: rule)
        tape.put(text: detail)
        tape.put(received)
        tape.put(sent)
    }

    fileprivate init(from tape: inout TapeReader) {
        self.init(
            by: Party(rawValue: tape.text()) ?? .network, how: Manner(rawValue: tape.text()) ?? .fin,
            rule: tape.textIfAny(), detail: tape.text(), received: tape.take(), sent: tape.take())
    }
}
