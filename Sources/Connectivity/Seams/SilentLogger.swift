public import Logging

extension Logger {
    /// Says nothing: what the library logs is the application's to ask for.
    public static var silent: Logger { Logger(label: "connectivity", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
