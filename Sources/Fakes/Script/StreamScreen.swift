internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Stands between a fake and the body that it streams: what the rules say of each piece happens here.
///
/// A body of server-sent events is looked at event by event, another one piece by piece. On the fake's loop.
final class StreamScreen: @unchecked Sendable {
    // @unchecked because it is used only by the task that runs the exchange, on the loop.
    private let visit: Visit
    private let sheet: CueSheet
    private let isEvents: Bool
    /// No rule about the request says anything of the stream.
    private let isUntouched: Bool
    private var splitter = EventSplitter()
    /// Events or pieces that have been let through.
    private var count = 0
    /// When the last wait was to end.
    private var due: ContinuousClock.Instant?
    /// A piece that comes later than this after the wait before was not there sooner: its wait begins anew.
    private static let lateness = Duration.milliseconds(5)
    /// Events that others must overtake first.
    private var held: [(bytes: [UInt8], after: Int)] = []
    /// What went to the client so far, for the journal.
    private(set) var size = 0
    private(set) var prefix: [UInt8] = []
    private(set) var endedBy: String?

    init(_ visit: Visit, _ sheet: CueSheet, isEvents: Bool) {
        self.visit = visit
        self.sheet = sheet
        self.isEvents = isEvents
        isUntouched = !sheet.touchesStream
    }

    /// Takes what the fake writes.
    func write(_ bytes: [UInt8], to writer: ResponseWriter) async throws {
        guard endedBy == nil else { throw CancellationError() }
        guard isEvents else { return try await pass(bytes, type: "chunk", to: writer) }
        if notes(bytes) { return try await writer.write(bytes) }
        for event in splitter.events(in: bytes) {
            try await pass(event, type: nil, to: writer)
        }
    }

    /// Takes note of whole events of which nothing is asked but that. False if there is more to do; nothing has been noted
    /// then.
    func notes(_ bytes: [UInt8]) -> Bool {
        guard isEvents, isUntouched, endedBy == nil, splitter.isEmpty, held.isEmpty, !visit.stage.looksAtSent,
            EventSplitter.forEachWhole(in: bytes, { event in
                count += 1
                visit.noteSent(event)
            })
        else { return false }
        keep(bytes)
        return true
    }

    /// The fake has written all.
    func finish(_ writer: ResponseWriter) async throws {
        let rest = splitter.rest()
        if !rest.isEmpty { try await pass(rest, type: nil, to: writer) }
        for (bytes, _) in held { try await send(bytes, to: writer) }
        held = []
    }

    private func pass(_ bytes: [UInt8], type: String?, to writer: ResponseWriter) async throws {
        if let ending = sheet.ending, let after = ending.afterMessages, count >= after {
            return try await end(ending.manner, by: "drop", writer)
        }
        let event = isEvents ? ServerSentEvent(bytes: bytes) : nil
        let type = type ?? event.map { visit.type(of: $0) } ?? "chunk"
        try await wait(isContent: isEvents ? event?.data.isEmpty == false : true)
        var output = bytes
        if !sheet.edits.isEmpty { output = Self.edited(output, sheet.edits) }
        for (corruption, random) in sheet.corruptions where corruption.kind.isOfStreams {
            guard let broken = try await corrupt(output, corruption, random, writer) else { return }
            output = broken
        }
        count += 1
        let cues = visit.cues(sending: type, bytes: bytes, number: count)
        if cues.isEmpty {
            try await send(output, to: writer)
        } else {
            try await play(cues, output, type: type, to: writer)
        }
        try await release(to: writer)
    }

    /// The waits that rules about the request asked for.
    private func wait(isContent: Bool) async throws {
        var duration = sheet.chunkDelays.next()
        if isContent { duration += count == 0 ? sheet.firstDelays.next() : sheet.betweenDelays.next() }
        guard duration > .zero else { return }
        let now = visit.now
        // A wait begins where the one before was to end, so that what each is late by does not add up over a stream.
        let begin = due.map { now - $0 < Self.lateness ? $0 : now } ?? now
        due = begin + duration
        try await visit.sleep(until: begin + duration)
    }

    /// What rules about this event do.
    private func play(_ cues: [Cue], _ bytes: [UInt8], type: String, to writer: ResponseWriter) async throws {
        var output = bytes
        var copies = 1
        var after = 0
        var extra: [[UInt8]] = []
        for cue in cues {
            for effect in cue.effects {
                visit.note(effect, of: cue.rule, type: type)
                switch effect {
                case .delay(_, let distribution):
                    var random = cue.random
                    try await visit.sleep(distribution.sample(&random))
                case .skip: copies = 0
                case .duplicate(let times): if copies > 0 { copies += times }
                case .reorder(let count): after = max(after, count)
                case .misdeliver:
                    copies = 0
                    try await visit.misdeliver(output)
                case .edit(let edits): output = Self.edited(output, edits)
                case .send(let message, let times):
                    extra += Array(repeating: message.event, count: min(times, 10_000))
                case .throttle(let rate): visit.impose(.throttle(bytesPerSecond: rate))
                case .slice(let bytes, let variation, let gap):
                    visit.impose(.slice(bytes, variation, gap, cue.random))
                case .refuse:
                    guard let downfall = Downfall(cue) else { continue }
                    visit.stage.fall(downfall)
                    return try await end(.hang, by: cue.rule, writer)
                case .set(let changes): visit.stage.set(changes)
                case .drop(let drop):
                    guard let fault = WireFault(drop) else { return try await end(drop.manner, by: cue.rule, writer) }
                    visit.impose(fault)
                case .corrupt(let corruption):
                    guard let broken = try await corrupt(output, corruption, cue.random, writer) else { return }
                    output = broken
                default: continue
                }
            }
        }
        if after > 0, copies > 0 {
            held.append((output, after: count + after))
        } else {
            for _ in 0..<min(copies, 10_000) { try await send(output, to: writer) }
        }
        for bytes in extra { try await send(bytes, to: writer) }
    }

    private func release(to writer: ResponseWriter) async throws {
        while let first = held.first, first.after <= count {
            held.removeFirst()
            try await send(first.bytes, to: writer)
        }
    }

    private func send(_ bytes: [UInt8], to writer: ResponseWriter) async throws {
        if isEvents { visit.noteSent(bytes[...]) }
        keep(bytes)
        try await writer.write(bytes)
    }

    private func keep(_ bytes: [UInt8]) {
        // Behind a gap nothing is a beginning any more.
        if prefix.count == size {
            let room = min(visit.stage.bodyPrefix - prefix.count, visit.stage.roomForStreams)
            if bytes.count <= room { prefix += bytes } else { prefix += bytes.prefix(max(0, room)) }
            visit.stage.roomForStreams -= prefix.count - size
        }
        size += bytes.count
    }

    private func end(_ manner: Drop.Manner, by rule: String, _ writer: ResponseWriter) async throws {
        endedBy = rule
        switch manner {
        case .reset: writer.abort(resets: true)
        case .close, .closeFrame: writer.abort()
        case .halfClose:
            writer.halfClose()
            try await writer.hang()
        case .hang: try await writer.hang()
        }
        throw CancellationError()
    }

    /// The event as the corruption leaves it; nil when it has been sent, or all is over.
    private func corrupt(
        _ bytes: [UInt8], _ corruption: Corruption, _ random: SeededRandom, _ writer: ResponseWriter
    ) async throws -> [UInt8]? {
        let amount = corruption.amount ?? corruption.kind.usualAmount
        switch corruption.kind {
        case .missingTerminator:
            return EventBytes.withoutEnd(bytes)
        case .splitUTF8:
            let (head, tail) = EventBytes.splitInsideCharacter(bytes)
            try await send(head, to: writer)
            try await visit.sleep(.milliseconds(20))
            return tail
        case .mixedLineEnds:
            return EventBytes.withMixedLineEnds(bytes)
        case .byteOrderMark:
            return count == 0 ? [0xEF, 0xBB, 0xBF] + bytes : bytes
        case .comments:
            return Array(String(repeating: ": comment\n", count: min(amount, 100_000)).utf8) + bytes
        case .retry:
            return Array("retry: \(amount)\n".utf8) + bytes
        case .hugeLine:
            return [0x3A] + [UInt8](repeating: 0x78, count: min(max(amount, 0), 64 << 20)) + [0x0A] + bytes
        case .halfEvent, .truncatedBody:
            try await send(Array(bytes.prefix(bytes.count / 2)), to: writer)
            endedBy = visit.rules.last ?? corruption.kind.rawValue
            writer.abort()
            throw CancellationError()
        case .badChunk:
            let before = Array(bytes.prefix(corruption.amount ?? bytes.count))
            if !before.isEmpty { try await send(before, to: writer) }
            try await writer.writeRaw(Array("zz\r\n".utf8))
            endedBy = visit.rules.last ?? corruption.kind.rawValue
            writer.abort()
            throw CancellationError()
        case .invalidUTF8:
            return bytes.invalidUTF8
        case .invalidJSON:
            return EventBytes.withoutLastBrace(bytes)
        default:
            return bytes
        }
    }

    private static func edited(_ bytes: [UInt8], _ edits: [Edit]) -> [UInt8] {
        let event = ServerSentEvent(bytes: bytes)
        // What is no JSON has no members to edit.
        guard let json = try? JSON(parsing: event.text) else { return bytes }
        let name = event.name.isEmpty ? "" : "event: \(event.name)\n"
        return Array("\(name)data: \(json.edited(edits).text(.like(event.text)))\n\n".utf8)
    }
}

extension Message {
    /// As an event of a stream.
    fileprivate var event: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .json(let json): Array("data: \(json.text())\n\n".utf8)
        case .binary(let bytes): bytes
        }
    }
}
