internal import Fakes
internal import JSONTree
internal import Media

/// What a running node may do to the server: wait, report, show, save.
///
/// Lives as long as the call it was made for, on the fake's loop.
final class NodeStage {
    let state: ComfyUIState
    private let run: PromptRun
    private let node: String
    private var reporter = StepReporter()
    /// How long the node has worked, on the clock of the imitated machine.
    private var time = Duration.zero

    init(state: ComfyUIState, run: PromptRun, node: String) {
        self.state = state
        self.run = run
        self.node = node
    }

    /// Fails if somebody asked for an interruption, or a scenario for trouble.
    func checkpoint() throws(NodeFailure) {
        if state.isInterrupted { throw .interrupted }
        try run.meetTrouble(.work, at: node)
    }

    /// Waits, paced by the suite's speed. Ends early, as an interruption, when the fake stops.
    func sleep(_ duration: Duration) async throws(NodeFailure) {
        time += duration
        do {
            try await state.environment.sleep(duration)
        } catch {
            throw .interrupted
        }
        try checkpoint()
    }

    /// Works for one step of a sampler: waits a little for what takes a real machine long.
    func work(pixels: Int = 0) async throws(NodeFailure) {
        let step = stepTime(pixels: pixels)
        time += state.configuration.profile == .gpu ? step : .milliseconds(150)
        do {
            try await state.environment.sleep(step)
        } catch {
            throw .interrupted
        }
        try await linger()
        try checkpoint()
    }

    /// Waits as much longer as a scenario wants of each step, in real time: scenarios count by the clock on the wall.
    func linger() async throws(NodeFailure) {
        guard let delay = run.item.script.stepDelay?(), delay > .zero else { return }
        time += delay
        do {
            try await state.environment.wait(delay)
        } catch {
            throw .interrupted
        }
    }

    /// Reports a step. Counts that are whole numbers stay so on the wire.
    func report(_ value: JSON, of total: JSON, preview: (() -> PromptLifecycle.Preview)? = nil) throws(NodeFailure) {
        try checkpoint()
        let isTold = reporter.tells(
            value: value.double ?? 0, of: total.double ?? 0, hasPreview: preview != nil, at: time)
        if isTold { run.step(node, value: value, of: total, preview: preview?()) }
    }

    /// Whether samplers are to send previews: as the prompt says, else as the server was started.
    var sendsPreviews: Bool {
        let method = run.item.extraData["preview_method"]?.string ?? "default"
        let chosen = ComfyUIConfiguration.PreviewMethod(rawValue: method) ?? state.configuration.previewMethod
        return chosen != .none
    }

    /// Sends a line of text that clients show under the node; to everybody, whoever owns the prompt.
    func send(text: String) {
        run.send([.frame(BinaryFrame.text(text, node: node), to: .all)])
    }

    /// Five letters that stay with this node as long as its id lasts over prompts: part of its temporary names.
    var instanceLetters: String { state.instances.letters(for: node, of: run.graph.className(node)) }

    /// The next free names of a prefix in a folder.
    func name(
        _ prefix: String, in folder: FileStore.Folder, width: Int = 0, height: Int = 0
    ) throws(NodeFailure) -> SaveName {
        try run.meetTrouble(.save, at: node)
        let moment = state.environment.now().civil
        let name = SaveName(prefix: prefix, width: width, height: height, moment: moment) {
            state.files.highestCounter(of: $0, in: folder)
        }
        guard let name else { throw .raised(NodeStage.outside(prefix, folder)) }
        return name
    }

    /// Writes a file under the next name.
    ///
    /// - Returns: its name and place, as save nodes show them.
    func write(
        _ bytes: [UInt8], _ name: inout SaveName, ending: String, to folder: FileStore.Folder, batch: Int = 0
    ) -> JSON {
        let file = name.next(ending: ending, batch: batch)
        let path = name.subfolder.isEmpty ? file : "\(name.subfolder)/\(file)"
        state.keep(bytes, in: folder, as: path)
        return ["filename": .string(file), "subfolder": .string(name.subfolder), "type": .string(folder.rawValue)]
    }

    /// The complaint about a prefix that leads out of its folder, with the paths that it names.
    private static func outside(_ prefix: String, _ folder: FileStore.Folder) -> PythonError {
        let directory = "\(FakeComfyUI.baseDirectory)/\(folder.rawValue)"
        let target = prefix.splitAtLastSlash.directory
        let asked = (prefix.hasPrefix("/") ? "" : directory + "/") + target
        var parts: [Substring] = []
        for part in asked.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let shared = zip(parts, directory.split(separator: "/")).prefix { $0 == $1 }.map(\.0)
        return PythonError(
            type: "Exception",
            text: """
                **** ERROR: Saving image outside the output folder is not allowed.
                 full_output_folder: /\(parts.joined(separator: "/"))
                         output_dir: \(directory)
                         commonpath: /\(shared.joined(separator: "/"))
                """)
    }

    /// Does work that would keep the loop from its sockets elsewhere.
    func aside<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await state.environment.aside(work)
    }
}

extension WallTime {
    /// Since 1970.
    var nanoseconds: Int { Int((seconds * 1e9).rounded(.down)) }
}
