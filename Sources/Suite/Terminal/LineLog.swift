internal import Glibc
internal import JSONTree
public import Logging

/// Log lines on standard error, each written whole: for people, or one JSON object a line.
public struct LineLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level

    private let label: String
    private let format: LogFormat
    private let ink: Ink

    /// The log of one fake, or of the suite.
    ///
    /// - Parameter label: the fake's id.
    public init(label: String, format: LogFormat, level: Logger.Level = .info) {
        self.label = label
        self.format = format
        self.logLevel = level
        ink = .on(descriptor: STDERR_FILENO)
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var fields = metadata
        fields.merge(event.metadata ?? [:]) { _, new in new }
        let time = LogTime.now
        let line =
            switch format {
            case .json: jsonLine(time, event.level, event.message.description, fields)
            case .text: textLine(time, event.level, event.message.description, fields)
            }
        WholeFile.write(line, to: STDERR_FILENO)
    }

    func textLine(_ time: LogTime, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        let details = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = level >= .warning ? ink.alarming("\(level): \(message)") : message
        return "\(ink.faint(time.clock)) \(ink.strong(label)) \(text)\(ink.faint(details))\n"
    }

    func jsonLine(_ time: LogTime, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
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

/// A moment, as log lines spell it.
struct LogTime {
    /// Year, month, day, hour, minute, second.
    private let parts: [Int]
    private let milliseconds: Int

    /// The system's clock, in universal time.
    static var now: LogTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    init(seconds: Int, milliseconds: Int) {
        var seconds = time_t(seconds)
        var time = unsafe tm()
        unsafe gmtime_r(&seconds, &time)
        let parts = unsafe [time.tm_year + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec]
        self.parts = parts.map(Int.init)
        self.milliseconds = milliseconds
    }

    /// `12:03:04.123`
    var clock: String {
        parts[3...].map { digits($0, 2) }.joined(separator: ":") + "." + digits(milliseconds, 3)
    }

    /// `2026-11-22T12:03:04.123Z`
    var iso8601: String {
        parts[..<3].map { digits($0, 2) }.joined(separator: "-") + "T\(clock)Z"
    }

    private func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
