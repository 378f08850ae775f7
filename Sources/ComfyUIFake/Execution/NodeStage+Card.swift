internal import JSONTree

/// A model file as a prompt names it.
struct ModelReference: Hashable, Sendable {
    let folder: String
    let name: String
}

// What nodes do to the graphics card, with the profile `gpu`; without it they do nothing to it.
extension NodeStage {
    private var hasCard: Bool { state.configuration.profile == .gpu }

    /// How long a step takes on the imitated card: as long as is configured for 512×512, more for more.
    func stepTime(pixels: Int) -> Duration {
        let step = state.configuration.pace.step
        return hasCard ? step * max(1, Double(pixels) / (512 * 512)) : step
    }

    /// Reads models into the card's memory. Those that lie there already take no time.
    func load(_ models: [ModelReference]) async throws(NodeFailure) {
        guard hasCard else { return }
        for model in models {
            let file = state.models.files(in: model.folder)?.first { $0.name == model.name }
            guard let file, state.video.use(model.name, bytes: file.size, room: state.machine.freeVRAM) else {
                continue
            }
            try await sleep(.seconds(Double(file.size) / state.configuration.pace.loading))
        }
    }

    /// Takes the memory that sampling so many pixels needs, some 3 KB each; `end` gives it back.
    func beginSampling(pixels: Int) throws(NodeFailure) {
        if hasCard, !state.video.begin(work: pixels * 3072, room: state.machine.freeVRAM) {
            throw .raised(.outOfMemory())
        }
    }

    func endSampling() { state.video.endWork() }
}
