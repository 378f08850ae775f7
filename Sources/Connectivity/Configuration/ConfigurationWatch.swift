internal import FoundationEssentials
public import ServiceLifecycle
internal import Synchronization

/// Loads a configuration again when its files change: whole, or not at all.
public final class ConfigurationWatch: ServiceLifecycle.Service {
    /// What came of a change.
    public enum Event: Sendable {
        /// The new configuration is in force.
        case applied(ConnectivityConfiguration)
        /// The files have problems; the configuration before stays in force.
        case refused(ConnectivityError)
    }

    private let loader: ConfigurationLoader
    private let pause: Duration
    private let interval: Duration
    private let time: any Timekeeper
    private let fingerprint: @Sendable () -> [String]
    /// The files as they were when they were read first.
    private let first: [String]
    private let state: Mutex<ConnectivityConfiguration>
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    /// Loads the configuration for the first time.
    ///
    /// - Parameters:
    ///   - pause: a change counts when nothing has changed for so long: editors write a file in several steps.
    ///   - interval: how often the files are looked at.
    /// - Throws: what ``ConfigurationLoader/load()`` throws.
    public convenience init(
        _ loader: ConfigurationLoader, pause: Duration = .seconds(1), interval: Duration = .milliseconds(250)
    ) throws(ConnectivityError) {
        try self.init(loader, pause: pause, interval: interval, time: .system) {
            loader.files.map { path in
                // None there.
                guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return "" }
                return "\(facts[.modificationDate] ?? "") \(facts[.size] ?? "") \(facts[.systemFileNumber] ?? "")"
            }
        }
    }

    init(
        _ loader: ConfigurationLoader, pause: Duration = .seconds(1), interval: Duration = .milliseconds(250),
        time: any Timekeeper, fingerprint: @escaping @Sendable () -> [String]
    ) throws(ConnectivityError) {
        self.loader = loader
        self.pause = pause
        self.interval = interval
        self.time = time
        self.fingerprint = fingerprint
        // Before the files are read: what changes after that is news.
        first = fingerprint()
        state = Mutex(try loader.load())
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// The configuration in force.
    public var current: ConnectivityConfiguration { state.withLock { $0 } }

    /// What came of each change, for one reader.
    public var events: AsyncStream<Event> { stream }

    /// Watches the files until the task is cancelled.
    public func run() async {
        await cancelWhenGracefulShutdown { await self.watch() }
    }

    private func watch() async {
        defer { continuation.finish() }
        var seen = first
        var changed: ContinuousClock.Instant?
        while !Task.isCancelled {
            do { try await time.sleep(for: interval) } catch { return }
            let now = fingerprint()
            if now != seen {
                seen = now
                changed = time.now
            } else if let last = changed, time.now - last >= pause {
                changed = nil
                reload()
            }
        }
    }

    private func reload() {
        do {
            let configuration = try loader.load()
            state.withLock { $0 = configuration }
            continuation.yield(.applied(configuration))
        } catch {
            continuation.yield(.refused(error))
        }
    }
}
