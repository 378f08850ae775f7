internal import ControlServer
internal import Fakes
internal import Logging
internal import SocketServer
internal import Words

/// Starts fakes, each on a thread of its own, and stops them: those of the settings, and those that are ordered later.
actor Troupe: FakeCasting {
    /// Makes the fake for a part, in the environment that it is to live in.
    typealias Casting = @Sendable (SuiteConfiguration.Fake, FakeEnvironment) throws -> any Fake

    private let configuration: SuiteConfiguration
    private let casting: Casting
    private let log: LogOutput
    private let journal: SharedJournal?
    private var loops: [ObjectIdentifier: [EventLoop]] = [:]
    private var orders = 0

    /// - Parameter journal: where it is written down what happens; nil if nowhere.
    init(
        _ configuration: SuiteConfiguration, log: LogOutput, journal: SharedJournal?, casting: @escaping Casting
    ) {
        self.configuration = configuration
        self.casting = casting
        self.log = log
        self.journal = journal
    }

    /// Starts a part of the settings.
    func start(_ part: SuiteConfiguration.Fake, seed: UInt64? = nil, speed: Double? = nil) async throws -> RunningFake {
        let loop = try EventLoop(name: part.id)
        var carriers: [EventLoop] = []
        let format = configuration.logFormat
        let log = log
        let environment = FakeEnvironment(
            id: part.id, loop: loop, seed: seed ?? configuration.seed, speed: speed ?? configuration.speed.factor,
            logger: Logger(label: part.id) { LineLog(label: $0, format: format, output: log) })
        let addresses = part.ports.map { SocketAddress(host: configuration.host, port: UInt16($0)) }
        let tls = configuration.tls.map { TLSIdentity(certificateFile: $0.certificate, keyFile: $0.key) }
        do {
            if part.kind == .litellm {
                for number in 1..<(configuration.liteLLM.loops ?? 1) {
                    carriers.append(try EventLoop(name: "\(part.id)-\(number)"))
                }
            }
            let casting = casting
            let staging = Staging(
                journal: journal, logsExchanges: configuration.isVerbose, app: part.appName,
                remake: { try casting(part, environment) })
            let fake = try await RunningFake(
                try casting(part, environment), at: addresses, tls: tls, carriedBy: carriers, staging: staging)
            loops[ObjectIdentifier(fake)] = [loop] + carriers
            return fake
        } catch {
            for loop in [loop] + carriers { await loop.stop() }
            throw error
        }
    }

    func start(_ order: FakeOrder, in company: Company) async throws -> RunningFake {
        guard let kind = FakeKind(rawValue: order.kind) else {
            throw FakeOrderError("unknown kind \"\(order.kind)\": \(advice(for: order.kind, among: FakeKind.names))")
        }
        var app: SuiteConfiguration.AppSource?
        if kind == .gradio {
            let name = order.app ?? "echo"
            guard Lineup.apps.contains(name) else {
                throw FakeOrderError("unknown app \"\(name)\": \(advice(for: name, among: Lineup.apps))")
            }
            app = .builtIn(name)
        } else if order.app != nil {
            throw FakeOrderError("only a fake Gradio plays an app, not \(order.kind)")
        }
        orders += 1
        let part = SuiteConfiguration.Fake(
            id: order.id ?? "\(order.app ?? order.kind)-\(orders)", kind: kind, app: app, ports: [order.port])
        return try await start(part, seed: order.seed, speed: order.speed)
    }

    func stop(_ fake: RunningFake) async {
        await fake.stop()
        for loop in loops.removeValue(forKey: ObjectIdentifier(fake)) ?? [] { await loop.stop() }
    }
}

extension FakeKind {
    fileprivate static let names = allCases.map(\.rawValue)
}
