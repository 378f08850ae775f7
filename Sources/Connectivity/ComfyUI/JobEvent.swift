/// What happens to a job, in the order in which the client learns of it. The last one is `finished`, `failed` or
/// `interrupted`, and comes exactly once.
public enum JobEvent: Sendable, Hashable {
    /// The server has taken it.
    case queued
    case started
    /// These nodes need not run, as their results are known.
    case cached(nodes: [String])
    case executing(node: String)
    case progress(node: String, value: Double, maximum: Double)
    case preview(PreviewImage)
    /// A line of text under a node.
    case text(node: String, String)
    /// A node has an output to show.
    case executed(node: String, output: JSONValue)
    case finished(JobResult)
    case failed(JobFailure)
    case interrupted

    /// Whether nothing follows.
    public var isLast: Bool {
        switch self {
        case .finished, .failed, .interrupted: true
        default: false
        }
    }
}

/// A picture of what a node is working on.
public struct PreviewImage: Sendable, Hashable {
    /// The node, if the server said so.
    public var node: String?
    /// `image/jpeg` or `image/png`.
    public var mediaType: String
    public var bytes: [UInt8]
}

/// What a job has made.
public struct JobResult: Sendable, Hashable {
    /// The outputs of nodes, as the server keeps them in its history.
    public var outputs: [String: JSONValue]

    /// All files, in the order of their nodes.
    public var files: [OutputFile] {
        outputs.sorted { $0.key < $1.key }.flatMap { _, output in
            (output.object ?? [:]).sorted { $0.key < $1.key }.flatMap { _, list in
                (list.array ?? []).compactMap(OutputFile.init)
            }
        }
    }
}

/// A file on the server.
public struct OutputFile: Sendable, Hashable {
    public var filename: String
    public var subfolder: String
    /// `output`, `input` or `temp`.
    public var type: String

    public init(filename: String, subfolder: String = "", type: String = "output") {
        self.filename = filename
        self.subfolder = subfolder
        self.type = type
    }

    init?(_ value: JSONValue) {
        guard let filename = value["filename"]?.string else { return nil }
        self.init(
            filename: filename, subfolder: value["subfolder"]?.string ?? "", type: value["type"]?.string ?? "output")
    }
}

/// Why a job has come to nothing.
public struct JobFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with one input of a node, of a prompt that was not taken.
    public struct NodeError: Sendable, Hashable {
        public var node: String
        /// `required_input_missing`, `value_not_in_list`, …
        public var type: String
        public var message: String
        public var details: String
    }

    public var message: String
    /// The node that raised, and its class.
    public var node: String?
    public var nodeType: String?
    /// `torch.OutOfMemoryError`, `ValueError`, …
    public var exceptionType: String?
    public var nodeErrors: [NodeError] = []
    /// The code of the client's error, if it was no node that failed.
    public var code: ConnectivityError.Code

    public var description: String { message }
}

/// A job that was sent.
public struct ComfyUIJob: Sendable {
    public enum Status: String, Sendable {
        /// Taken by the server; or, while there is no connection, kept until there is one.
        case queued
    }

    /// The job's id, which is the server's `prompt_id`.
    public let id: String
    public let status = Status.queued
    /// What happens to it, for one reader; nothing is missed by reading late.
    public let events: AsyncStream<JobEvent>

    /// Waits until it is over.
    ///
    /// - Throws: ``JobFailure``; `CancellationError` if it was interrupted, or the waiting task cancelled.
    public func result() async throws -> JobResult {
        for await event in events {
            switch event {
            case .finished(let result): return result
            case .failed(let failure): throw failure
            case .interrupted: throw CancellationError()
            default: continue
            }
        }
        throw CancellationError()
    }
}
