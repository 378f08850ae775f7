public import Fakes
internal import Words

/// What the suite shall be, every question settled.
public struct SuiteConfiguration: Sendable, Equatable {
    /// One fake to start.
    public struct Fake: Sendable, Equatable {
        /// Its name in the ready line and in the log.
        public let id: String
        public let kind: FakeKind
        /// For Gradio: a built-in app, or a file of the user's.
        public let app: AppSource?
        /// Where it listens: the first port is its address, the others are further ones. 0 takes a free one.
        public let ports: [Int]

        /// For Gradio: what the app is called; one from a file as the fake.
        var appName: String? {
            switch app {
            case .builtIn(let name): name
            case .file: id
            case nil: nil
            }
        }
    }

    /// Where a fake Gradio gets its role from.
    public enum AppSource: Sendable, Equatable {
        case builtIn(String)
        case file(String)
    }

    /// Certificate and key, as PEM files.
    public struct TLSFiles: Sendable, Equatable {
        public let certificate: String
        public let key: String
    }

    /// The fakes, in the order of the ready line.
    public let fakes: [Fake]
    public let seed: UInt64
    public let speed: Speed
    /// The numeric address to listen on; loopback unless told otherwise.
    public let host: String
    public let tls: TLSFiles?
    public let logFormat: LogFormat
    /// Whether each exchange is logged.
    public let isVerbose: Bool
    /// The file that shall get the ready line.
    public let portsFile: String?
    /// The port of the control server; nil if there is none.
    public let controlPort: Int?
    /// What its clients must show.
    public let token: String?
    /// What is played from the beginning.
    public let scenario: String?
    public let comfyUI: ComfyUISettings
    public let liteLLM: LiteLLMSettings
    /// For all fake Gradio apps.
    public let gradio: GradioSettings

    /// Settles what was asked for; refuses what cannot be meant so, with advice.
    ///
    /// - Parameter usualControl: the control server's place where nobody says one.
    public init(_ settings: Settings, usualControl: ControlChoice = .off) throws(SuiteError) {
        var chosen: [Fake] = []
        for name in settings.only ?? Lineup.entries.filter(\.isUsual).map(\.id) {
            guard let entry = Lineup.entry(name) else {
                throw .usage("unknown fake \"\(name)\": \(advice(for: name, among: Lineup.names))")
            }
            chosen.append(Fake(entry))
        }
        for app in settings.apps ?? [] {
            let fake = try Fake(app: app)
            if let other = chosen.first(where: { $0.id == fake.id }), other != fake {
                throw .usage("two fakes would be named \"\(fake.id)\": give \(app) another name")
            }
            chosen.append(fake)
        }
        var seen: Set<String> = []
        chosen = chosen.filter { seen.insert($0.id).inserted }
        guard !chosen.isEmpty else {
            throw .usage("no fake is chosen: expected at least one of \(Lineup.names.joined(separator: ", "))")
        }

        fakes = try chosen.placed(settings.ports)
        seed = settings.seed ?? 7
        speed = settings.speed ?? .real
        let host = settings.host ?? "127.0.0.1"
        self.host = host == "localhost" ? "127.0.0.1" : host
        switch (settings.tlsCertificate, settings.tlsKey) {
        case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
        case (nil, nil): tls = nil
        default: throw .usage("TLS needs both, --tls-cert and --tls-key; only one of them was given")
        }
        logFormat = settings.logFormat ?? .text
        isVerbose = settings.isVerbose ?? false
        portsFile = settings.portsFile
        token = settings.token
        scenario = settings.scenario
        switch settings.control ?? (settings.ports.random ? .port(0) : usualControl) {
        case .off: controlPort = nil
        case .port(let port):
            if port != 0, fakes.contains(where: { $0.ports.contains(port) }) {
                throw .usage("port \(port) was given twice: to a fake and to the control server")
            }
            controlPort = port
        }
        comfyUI = settings.comfyUI
        liteLLM = settings.liteLLM
        gradio = settings.gradio
    }
}

extension SuiteConfiguration.Fake {
    init(_ entry: Lineup.Entry) {
        self.init(id: entry.id, kind: entry.kind, app: entry.app.map { .builtIn($0) }, ports: entry.ports)
    }

    /// A fake Gradio in the role that `app` names: a built-in one, or a YAML file.
    init(app: String) throws(SuiteError) {
        if let entry = Lineup.entry(app), entry.kind == .gradio {
            self.init(entry)
            return
        }
        guard app.hasSuffix(".yaml") || app.hasSuffix(".yml") || app.contains("/") else {
            throw .usage(
                "unknown app \"\(app)\": \(advice(for: app, among: Lineup.apps)); a file of your own ends in .yaml")
        }
        let name = app.split(separator: "/").last.map { $0.split(separator: ".").first ?? $0 } ?? "app"
        self.init(id: String(name), kind: .gradio, app: .file(app), ports: [0])
    }
}

extension [SuiteConfiguration.Fake] {
    /// The same fakes on the ports that were asked for.
    fileprivate func placed(_ ports: PortAssignments) throws(SuiteError) -> [SuiteConfiguration.Fake] {
        let known = Lineup.names + map(\.id).filter { !Lineup.names.contains($0) }
        for name in ports.named.keys.sorted() where !known.contains(name) {
            throw .usage("a port for an unknown fake \"\(name)\": \(advice(for: name, among: known))")
        }
        if ports.nameless != nil, count > 1 {
            throw .usage(
                "a port without a name, but \(count) fakes to start: write NAME=PORT, such as \(self[0].id)=\(self[0].ports[0] + 1)"
            )
        }
        let placed = map { fake in
            let chosen =
                ports.named[fake.id] ?? ports.nameless ?? (ports.random ? fake.ports.map { _ in 0 } : fake.ports)
            return SuiteConfiguration.Fake(id: fake.id, kind: fake.kind, app: fake.app, ports: chosen)
        }
        var owners: [Int: String] = [:]
        for fake in placed {
            for port in fake.ports where port != 0 {
                if let owner = owners.updateValue(fake.id, forKey: port) {
                    let owners = owner == fake.id ? "to \(owner)" : "to \(owner) and to \(fake.id)"
                    throw .usage("port \(port) was given twice: \(owners)")
                }
            }
        }
        return placed
    }
}
