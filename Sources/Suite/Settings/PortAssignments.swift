/// Where the fakes shall listen, as it was asked for: by name, for the only one there is, or wherever it is free.
public struct PortAssignments: Sendable, Equatable {
    /// Every fake that is not named takes a free port of the system's.
    public var random = false
    /// The ports of the fakes that were named; 0 is a free one.
    public var named: [String: [Int]] = [:]
    /// Ports given without a name: right only where one fake is chosen.
    public var nameless: [Int]?

    /// Nothing asked for.
    public init() {}

    /// Reads `random`, or assignments with spaces between: `comfyui=8189 litellm=8001,4001`, or `8189` alone.
    ///
    /// - Parameter place: where the text stood, for the error.
    public init(text: String, place: String) throws(SuiteError) {
        for word in text.split(separator: " ") {
            if word == "random" {
                random = true
                continue
            }
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let ports = try Self.ports(halves[halves.count - 1], place: place)
            let isFirst: Bool
            if halves.count == 2 {
                isFirst = named.updateValue(ports, forKey: String(halves[0])) == nil
            } else {
                isFirst = nameless == nil
                nameless = ports
            }
            guard isFirst else {
                throw .usage(
                    "\(place): ports for the same fake twice, in \"\(text)\": write them with commas between, as litellm=8000,4000"
                )
            }
        }
    }

    /// These, and where they say nothing, those.
    func over(_ lower: PortAssignments) -> PortAssignments {
        var both = self
        both.random = random || lower.random
        // A port without a name is for the only fake, whatever that is called further down.
        both.named.merge(random || nameless != nil ? [:] : lower.named) { mine, _ in mine }
        both.nameless = nameless ?? (random ? nil : lower.nameless)
        return both
    }

    /// Reads `8000` or `8000,4000`.
    private static func ports(_ text: Substring, place: String) throws(SuiteError) -> [Int] {
        var ports: [Int] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let port = Int(word), (0...65_535).contains(port) else {
                throw .usage(
                    "\(place): expected a port (0 to 65535; 0 is a free one) or NAME=PORT, such as litellm=8000,4000, got \"\(text)\""
                )
            }
            ports.append(port)
        }
        return ports
    }
}
