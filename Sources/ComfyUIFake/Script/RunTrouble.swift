internal import Fakes
internal import Scenarios

/// How a scenario wants the run of a prompt to go.
struct RunScript: Sendable {
    var trouble: RunTrouble?
    /// How much longer each step of a sampler takes.
    var stepDelay: (@Sendable () -> Duration)?
}

/// What makes the run of a prompt fail, and where.
struct RunTrouble: Sendable {
    /// An act of a node at which runs can fail.
    enum Act: Sendable {
        /// It begins, or has come to a step.
        case work
        /// It is about to write a file.
        case save
    }

    let failure: NodeFailure
    /// At which acts.
    let act: Act
    /// Not before the run has told so much. Without it: at the first sampler, or at the first output if the prompt has
    /// no sampler.
    let afterMessages: Int?

    /// - Parameter told: how many messages the run has sent.
    /// - Parameter isFit: whether the node is one at which such a thing happens by itself.
    func strikes(_ act: Act, told: Int, isFit: Bool) -> Bool {
        guard act == self.act else { return false }
        if let afterMessages { return told >= afterMessages }
        return isFit || act == .save
    }
}

extension RunTrouble {
    /// Nil for troubles that no run has.
    init?(_ use: NativeErrorUse) {
        var act = Act.work
        switch ComfyUITrouble(use) {
        case .outOfMemory: failure = .raised(.outOfMemory(use.message))
        case .nodeError: failure = .raised(.wrongDevice(use.message))
        case .diskFull:
            failure = .raised(PythonError(type: "OSError", text: use.message ?? "[Errno 28] No space left on device"))
            act = .save
        case .interrupted: failure = .interrupted
        default: return nil
        }
        self.act = act
        afterMessages = use.afterMessages
    }
}

extension PythonError {
    /// What PyTorch says where `cudaMallocAsync` allocates, the blank at its end included, and the hint that the server
    /// adds (`execute` in upstream's execution.py).
    static func outOfMemory(_ text: String? = nil) -> PythonError {
        PythonError(
            type: "torch.OutOfMemoryError", text: text ?? "Allocation on device ",
            hint: """
                This error means you ran out of memory on your GPU.

                TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.
                """)
    }

    /// What PyTorch says of tensors in different places, the usual mistake of a node.
    fileprivate static func wrongDevice(_ text: String?) -> PythonError {
        PythonError(
            type: "RuntimeError",
            text: text
                ?? "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!")
    }
}

extension Direction {
    /// The part of it that comes true when the prompt runs.
    var runScript: RunScript { RunScript(trouble: error.flatMap { RunTrouble($0) }, stepDelay: stepDelay) }
}
