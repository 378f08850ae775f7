struct RunningSuite {
    let readyLine: ReadyLine
    static func start(_ configuration: SuiteConfiguration) async throws(SuiteError) -> RunningSuite {
        RunningSuite(readyLine: ReadyLine(seed: configuration.seed, fakes: []))
    }
    func stop() async {}
}
