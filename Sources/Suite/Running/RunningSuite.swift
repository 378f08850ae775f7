internal import Fakes
internal import Logging
internal import SocketServer

/// Several fakes as one: started together, each on a thread of its own, and stopped together.
struct RunningSuite: Sendable {
    /// Makes the fake for a part, in the environment that it is to live in.
    typealias Casting = @Sendable (SuiteConfiguration.Fake, FakeEnvironment) throws -> any Fake

    /// Where all of them are.
    let readyLine: ReadyLine
    private let parts: [Part]

    /// A fake and the loop on which it lives.
    private struct Part: Sendable {
        let index: Int
        let fake: RunningFake
        let loop: EventLoop

        func stop() async {
            await fake.stop()
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

    /// Starts all fakes; when this returns they all answer.
    ///
    /// - Parameters:
    ///   - portFlag: how another port could be asked for, should one be busy.
    ///   - log: where the fakes log to.
    /// - Throws: ``SuiteError``, or what the casting throws; nothing runs then.
    static func start(
        _ configuration: SuiteConfiguration, portFlag: PortFlag = .named, log: LogOutput = LogOutput(),
        casting: @escaping Casting
    ) async throws -> RunningSuite {
        var parts: [Part] = []
        var failure: (any Error)?
        await withTaskGroup(of: Result<Part, any Error>.self) { group in
            for (index, fake) in configuration.fakes.enumerated() {
                group.addTask {
                    do {
                        return .success(try await start(fake, at: index, of: configuration, log, casting))
                    } catch {
                        return .failure(explained(error, fake, of: configuration, portFlag))
                    }
                }
            }
            for await result in group {
                switch result {
                case .success(let part): parts.append(part)
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        parts.sort { $0.index < $1.index }
        if let failure {
            for part in parts { await part.stop() }
            throw failure
        }
        let fakes = zip(configuration.fakes, parts).map { ReadyLine.Fake($0, at: $1.fake) }
        return RunningSuite(readyLine: ReadyLine(seed: configuration.seed, fakes: fakes), parts: parts)
    }

    /// Stops all of them; when this returns no socket and no thread of theirs is left.
    func stop() async {
        await withTaskGroup { group in
            for part in parts { group.addTask { await part.stop() } }
        }
    }

    private static func start(
        _ fake: SuiteConfiguration.Fake, at index: Int, of configuration: SuiteConfiguration, _ log: LogOutput,
        _ casting: Casting
    ) async throws -> Part {
        let loop = try EventLoop(name: fake.id)
        let format = configuration.logFormat
        let environment = FakeEnvironment(
            id: fake.id, loop: loop, seed: configuration.seed, speed: configuration.speed.factor,
            logger: Logger(label: fake.id) { LineLog(label: $0, format: format, output: log) })
        let addresses = fake.ports.map { SocketAddress(host: configuration.host, port: UInt16($0)) }
        let tls = configuration.tls.map { TLSIdentity(certificateFile: $0.certificate, keyFile: $0.key) }
        do {
            var cast = try casting(fake, environment)
            if configuration.isVerbose { cast = LoggedFake(cast) }
            let running = try await RunningFake(cast, at: addresses, tls: tls)
            return Part(index: index, fake: running, loop: loop)
        } catch {
            await loop.stop()
            throw error
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
            id: fake.id, kind: running.kind.rawValue, app: fake.kind == .gradio ? fake.id : nil, url: urls[0],
            also: Array(urls.dropFirst()))
    }
}
