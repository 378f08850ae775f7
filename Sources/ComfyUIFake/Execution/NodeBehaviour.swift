internal import JSONTree

/// What a node class does when it runs. The acts that take time or touch the server go through the stage.
struct NodeBehaviour: Sendable {
    /// Runs beside other nodes rather than before them (`async def` upstream).
    var isAsync = false
    /// Names of lazy inputs that are wanted, given those that are known (`check_lazy_status` upstream).
    var wants: (@Sendable (NodeCall) throws(NodeFailure) -> [String])?
    /// Tells results apart that inputs do not (`IS_CHANGED` upstream).
    var stamp: (@Sendable (_ inputs: JSONObject, _ state: ComfyUIState) -> CacheKeys.ChangeStamp)?
    /// Samples: where a card runs out of memory first.
    var isSampler = false
    /// Wants blocked values rather than being skipped for them.
    var takesBlocked = false
    /// Does the work of one call.
    var run: @Sendable (NodeCall, NodeStage) async throws -> NodeOutcome
}

/// One call of a node.
struct NodeCall: Sendable {
    let id: String
    let className: String
    /// Which call of the same node this is, where list inputs cause several.
    var index = 0
    /// Values by input name; inputs that were not given are absent.
    var inputs: [String: NodeValue]
    /// All values of an input, for classes that take whole lists.
    var lists: [String: [NodeValue]] = [:]
    /// The inputs as they stand in the prompt: constants and links.
    var raw = JSONObject()
    /// The prompt and the client's extra picture information, for classes that write them into files.
    let prompt: JSONObject
    let pictureInfo: JSON

    subscript(name: String) -> NodeValue { inputs[name] ?? .none }

    func string(_ name: String, default value: String = "") -> String { self[name].string ?? value }
    func int(_ name: String, default value: Int = 0) -> Int { self[name].int ?? value }
    func double(_ name: String, default value: Double = 0) -> Double { self[name].double ?? value }
    func bool(_ name: String, default value: Bool = false) -> Bool { self[name].json?.isTruthy ?? value }

    /// A number as big as seeds are.
    func seed(_ name: String) -> UInt64 {
        guard let number = self[name].json?.number else { return 0 }
        return number.uint64 ?? UInt64(truncatingIfNeeded: number.int ?? 0)
    }

    /// The pictures of an input; something else there fails as it does in the real node.
    ///
    /// - Parameter method: what the real node calls first, `nil` if it looks at the first picture's shape.
    func images(_ name: String, calling method: String? = nil) throws(NodeFailure) -> ImageBatch {
        if let images = self[name].images { return images }
        if let method {
            throw .raised(
                .attribute("'\((self[name].json ?? .null).pythonType)' object has no attribute '\(method)'"))
        }
        // What `images[0].shape` says to other things.
        let value = self[name].json ?? .null
        switch value {
        case .string(""): throw .raised(.index("string index out of range"))
        case .string: throw .raised(.attribute("'str' object has no attribute 'shape'"))
        case .object: throw .raised(.key("0"))
        default: throw .raised(.type("'\(value.pythonType)' object is not subscriptable"))
        }
    }

    func latent(_ name: String) throws(NodeFailure) -> Latent {
        if case .latent(let latent) = self[name] { return latent }
        throw .raised(.type("string indices must be integers, not 'str'"))
    }

    /// The text behind a conditioning.
    func prompt(_ name: String) -> String { if case .conditioning(let text) = self[name] { text } else { "" } }
}

/// Why a node did not finish.
enum NodeFailure: Error {
    /// It raised an exception.
    case raised(PythonError)
    /// Somebody interrupted it.
    case interrupted
}
