internal import ControlServer
internal import Fakes
internal import Scenarios
internal import SocketServer

/// Several fakes as one: started together, each on a thread of its own, steered by a control server, and stopped together.
struct RunningSuite: Sendable {
    typealias Casting = Troupe.Casting

    /// Where all of them are.
    let readyLine: ReadyLine
    /// Who plays.
    let company: Company
    private let troupe: Troupe
    private let control: Control?

    /// The control server and the thread on which it lives.
    private struct Control: Sendable {
        let server: ControlServer
        let loop: EventLoop
        let url: String

        func stop() async {
            await server.stop()
            await loop.stop()
        }
    }

    /// Starts all fakes with that cast; when this returns they all answer.
    ///
    /// - Throws: ``SuiteError``; nothing runs then.
    static func start(
        _ configuration: SuiteConfiguration, cast: Cast, portFlag: PortFlag, log: LogOutput
    ) async throws -> RunningSuite {
        try await start(configuration, portFlag: portFlag, log: log) { part, environment in
            try cast.fake(for: part, of: configuration, in: environment)
        }
    }

    /// Starts all fakes; when this returns they all answer, and play what the settings say.
    ///
    /// - Parameters:
    ///   - portFlag: how another port could be asked for, should one be busy.
    ///   - log: where the fakes log to.
    ///   - keepsJournal: whether it is written down what happens even if nobody can ask over the network.
    /// - Throws: ``SuiteError``, or what the casting throws; nothing runs then.
    static func start(
        _ configuration: SuiteConfiguration, portFlag: PortFlag = .named, log: LogOutput = LogOutput(),
        keepsJournal: Bool = false, casting: @escaping Casting
    ) async throws -> RunningSuite {
        let company = Company(seed: configuration.seed, others: { try await Cast().vocabulary(apps: []) })
        let keepsJournal = keepsJournal || configuration.controlPort != nil
        let troupe = Troupe(
            configuration, log: log, journal: keepsJournal ? company.journal : nil, casting: casting)
        var started: [(index: Int, fake: RunningFake)] = []
        var failure: (any Error)?
        await withTaskGroup(of: Result<(Int, RunningFake), any Error>.self) { group in
            for (index, fake) in configuration.fakes.enumerated() {
                group.addTask {
                    do {
                        return .success((index, try await troupe.start(fake)))
                    } catch {
                        return .failure(explained(error, fake, of: configuration, portFlag))
                    }
                }
            }
            for await result in group {
                switch result {
                case .success(let (index, fake)): started.append((index, fake))
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        started.sort { $0.index < $1.index }
        do {
            if let failure { throw failure }
            for (_, fake) in started { await company.join(fake) }
            if let name = configuration.scenario {
                await company.apply(try ScenarioSource(name).read(for: try await company.vocabulary))
            }
            let control = try await control(configuration, company, troupe)
            let fakes = zip(configuration.fakes, started).map { ReadyLine.Fake($0, at: $1.fake) }
            let line = ReadyLine(seed: configuration.seed, control: control?.url, fakes: fakes)
            return RunningSuite(readyLine: line, company: company, troupe: troupe, control: control)
        } catch {
            for (_, fake) in started { await troupe.stop(fake) }
            throw error
        }
    }

    /// Stops all of them; when this returns no socket and no thread of theirs is left.
    func stop() async {
        await control?.stop()
        await withTaskGroup { group in
            for fake in await company.fakes { group.addTask { await troupe.stop(fake) } }
        }
    }

    private static func control(
        _ configuration: SuiteConfiguration, _ company: Company, _ troupe: Troupe
    ) async throws -> Control? {
        guard let port = configuration.controlPort else { return nil }
        // Beyond loopback only for those who know the token.
        let isLoopback = ["127.0.0.1", "::1"].contains(configuration.host)
        let host = isLoopback || configuration.token != nil ? configuration.host : "127.0.0.1"
        let loop = try EventLoop(name: "control")
        let server = ControlServer(
            company: company, casting: troupe, on: loop, version: VersionCommand.version, token: configuration.token)
        do {
            let address = try await server.listen(host: host, port: UInt16(port))
            let url = "http://\(address)".replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing(
                "//[::]:", with: "//[::1]:")
            return Control(server: server, loop: loop, url: url)
        } catch {
            await loop.stop()
            guard error.code == .addressInUse, let holder = PortHolder.holding(port: port) else {
                throw SuiteError(.start, "control server: \(error.message)")
            }
            throw SuiteError(
                .start,
                holder.complaint(
                    port: port, wantedBy: "the control server",
                    wayOut: "or choose another port for it: --control \(port + 1), or --control off"))
        }
    }

    /// What went wrong, with who holds the port if that is the reason.
    private static func explained(
        _ error: any Error, _ fake: SuiteConfiguration.Fake, of configuration: SuiteConfiguration, _ portFlag: PortFlag
    ) -> any Error {
        guard let error = error as? SocketServerError else { return error }
        guard error.code == .addressInUse else { return SuiteError(.start, "\(fake.id): \(error.message)") }
        for port in fake.ports where port != 0 {
            guard let holder = PortHolder.holding(port: port) else { continue }
            let wanted = Set(configuration.fakes.flatMap(\.ports))
            let wayOut = portFlag.wayOut(of: fake, busy: port, wanted: wanted)
            return SuiteError(.start, holder.complaint(port: port, wantedBy: fake.id, wayOut: wayOut))
        }
        return SuiteError(.start, "\(fake.id): \(error.message)")
    }
}

extension ReadyLine.Fake {
    /// A fake that runs: its address as clients on this machine reach it.
    init(_ fake: SuiteConfiguration.Fake, at running: RunningFake) {
        let urls = running.urls.map { url in
            // Who listens on every address is found on loopback.
            url.replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing("//[::]:", with: "//[::1]:")
        }
        self.init(
            id: fake.id, kind: running.kind.rawValue, app: fake.appName, url: urls[0],
            also: Array(urls.dropFirst()))
    }
}
