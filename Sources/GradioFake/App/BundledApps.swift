import GradioAssets
internal import Synchronization

extension AppDefinition {
    /// The names of the apps that come with the program.
    public static let bundledNames = ["wan2gp", "audioldm", "rvc", "echo"]

    /// The file of an app that comes with the program, to start one's own from; nil for an unknown name.
    public static func bundledFile(_ name: String) -> String? {
        guard let place = bundledNames.firstIndex(of: name) else { return nil }
        return String(decoding: unsafe EmbeddedData.bytes(gradioApp(place)), as: UTF8.self)
    }

    /// An app that comes with the program.
    ///
    /// - Throws: ``AppFileError`` for an unknown name, with the nearest known one.
    public static func bundled(
        _ name: String, major: GradioMajor? = nil, options: [String: String] = [:]
    ) throws(AppFileError) -> AppDefinition {
        guard let file = bundledFile(name) else {
            throw AppFileError(
                file: name, line: 1, column: 1,
                message: "there is no app of this name" + hint(for: name, in: bundledNames))
        }
        let key = Known.Key(name: name, major: major, options: options)
        if let app = Known.apps.withLock({ $0[key] }) { return app }
        let app = try AppDefinition(yaml: file, file: "\(name).yaml", major: major, options: options)
        Known.apps.withLock { apps in
            if apps.count == Known.most { apps = [:] }
            apps[key] = app
        }
        return app
    }

    /// Bundled apps that have been read: whoever makes a fresh fake for each test does not have them read each time.
    private enum Known {
        struct Key: Hashable {
            let name: String
            let major: GradioMajor?
            let options: [String: String]
        }

        static let apps = Mutex<[Key: AppDefinition]>([:])
        static let most = 32
    }
}
