/// How a port is asked for on the command line that was typed.
enum PortFlag: Sendable {
    /// `--port litellm=8001,4001`, as `understudy up` has it.
    case named
    /// `--port 8001,4001`, as an executable has it that runs one fake.
    case nameless

    /// What to type to have `fake` elsewhere than on the port that is busy.
    ///
    /// - Parameter wanted: all ports that the suite asks for: none of them is a way out.
    func wayOut(of fake: SuiteConfiguration.Fake, busy port: Int, wanted: Set<Int>) -> String {
        let other = (port...65_535).first { !wanted.contains($0) && $0 != port } ?? 0
        let ports = fake.ports.map { String($0 == port ? other : $0) }.joined(separator: ",")
        let free = fake.ports.map { _ in "0" }.joined(separator: ",")
        return switch self {
        case .named: "choose another port: --port \(fake.id)=\(ports), or --ports random"
        case .nameless:
            "choose another port: --port \(ports), or --port \(free) for \(fake.ports.count > 1 ? "free ones" : "a free one")"
        }
    }
}
