internal import Fakes
internal import Glibc
internal import JSONTree
internal import Logging
internal import SocketServer
internal import Terminal
internal import Words

/// Log lines, each written whole: for people, or one JSON object a line.
struct LineLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    private let label: String
    private let format: LogFormat
    private let output: LogOutput

    /// The log of one fake, or of the suite.
    ///
    /// - Parameter label: the fake's id.
    init(label: String, format: LogFormat, level: Logger.Level = .info, output: LogOutput) {
        self.label = label
        self.format = format
        self.logLevel = level
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        fields.merge(event.metadata ?? [:]) { _, new in new }
        let time = WallTime.now()
        let line =
            switch format {
            case .json: jsonLine(time, event.level, event.message.description, fields)
            case .text: textLine(time, event.level, event.message.description, fields)
            }
        output.write(line)
    }

    func textLine(_ time: WallTime, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        let ink = output.ink
        let details = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\("\($0.value)".printable)" }.joined()
        let text = level >= .warning ? ink.alarming("\(level): \(message.printable)") : message.printable
        return "\(ink.faint(time.clock)) \(ink.strong(label)) \(text)\(ink.faint(details))\n"
    }

    func jsonLine(_ time: WallTime, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        var line: JSONObject = [
            "time": .string(time.iso8601), "level": .string(level.rawValue), "fake": .string(label),
            "message": .string(message),
        ]
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) where line[key] == nil {
            line.append(key, .string("\(value)"))
        }
        return JSON.object(line).text() + "\n"
    }
}

extension WallTime {
    /// `12:03:04.123`
    fileprivate var clock: String { "\(civil.clock).\(threeDigits)" }
    /// `2026-11-22T12:03:04.123Z`
    fileprivate var iso8601: String { "\(dateTime(separator: "T")).\(threeDigits)Z" }

    private var threeDigits: String {
        let digits = String(milliseconds % 1000)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
