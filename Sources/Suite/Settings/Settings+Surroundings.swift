internal import Terminal

extension Settings {
    /// What the environment and the settings file say, the environment first.
    ///
    /// - Parameter asked: the file that was asked for; else `$UNDERSTUDY_SETTINGS`, else `understudy.yaml` if there is one.
    static func surroundings(file asked: String? = nil) throws(SuiteError) -> Settings {
        let environment = try Settings(environment: environmentVariable)
        let asked = asked ?? environmentVariable("UNDERSTUDY_SETTINGS")
        let file = asked ?? "understudy.yaml"
        guard let text = WholeFile.text(file) else {
            guard asked == nil else { throw .usage("cannot read the settings file \(file)") }
            return environment
        }
        return environment.over(try Settings(yaml: text, file: file))
    }
}
