/// What happens to a call.
public enum GradioEvent: Sendable, Hashable {
    /// Its place among those that wait, from 0; how many wait; seconds until it begins, once the app can tell.
    case queued(place: Int, size: Int, seconds: Double?)
    case started
    case progress([GradioProgress])
    case log(GradioLog)
    /// An output before the last, whole.
    case generating([JSONValue])
    /// The last output; nothing follows.
    case completed([JSONValue])
}

/// How far a step is.
public struct GradioProgress: Sendable, Hashable {
    /// So many of `length` units are done.
    public var index: Double?
    public var length: Double?
    public var unit: String?
    /// From 0 to 1, where the app counts no units.
    public var fraction: Double?
    public var text: String?

    init(_ value: JSONValue) {
        index = value["index"]?.number
        length = value["length"]?.number
        unit = value["unit"]?.string
        fraction = value["progress"]?.number
        text = value["desc"]?.string
    }
}

/// A note to the user.
public struct GradioLog: Sendable, Hashable {
    /// `info`, `warning`, `success` or `error`.
    public var level: String
    public var title: String?
    public var text: String
}

/// A file at an app: uploaded, or made by it.
public struct GradioFile: Sendable, Hashable {
    /// Where it is on the server.
    public var path: String
    /// The name that it had where it came from.
    public var name: String?
    /// In bytes, if the app says so.
    public var size: Int?
    public var mediaType: String?

    /// As an argument of a call, in versions 4 and later.
    public var json: JSONValue {
        [
            "path": .string(path), "orig_name": name.map { .string($0) } ?? .null,
            "meta": ["_type": "gradio.FileData"],
        ]
    }

    /// As an argument of a call in version 3.
    public var jsonOfVersion3: JSONValue {
        ["name": .string(path), "orig_name": name.map { .string($0) } ?? .null, "data": nil, "is_file": true]
    }

    /// Nil for a value that is no file.
    init?(_ value: JSONValue) {
        let isNew = value["meta"]?["_type"]?.string == "gradio.FileData"
        let isOld = value["is_file"]?.bool == true
        guard isNew || isOld || value["path"]?.string != nil && value["url"] != nil,
            let path = value[isOld ? "name" : "path"]?.string
        else { return nil }
        self.init(path: path, name: value["orig_name"]?.string, size: value["size"]?.integer)
        mediaType = value["mime_type"]?.string
    }

    init(path: String, name: String? = nil, size: Int? = nil) {
        self.path = path
        self.name = name
        self.size = size
    }

    /// All files in outputs, wherever they are.
    public static func all(in values: [JSONValue]) -> [GradioFile] {
        values.flatMap { value -> [GradioFile] in
            if let file = GradioFile(value) { return [file] }
            switch value {
            case .array(let elements): return all(in: elements)
            case .object(let members): return all(in: members.sorted { $0.key < $1.key }.map(\.value))
            default: return []
            }
        }
    }
}

/// What a function of an app said when it failed: the underlying error of `job_failed`.
public struct GradioAppError: Error, Sendable, Hashable {
    /// Nil if the app hides it.
    public var message: String?
    public var title: String?
}

/// A call that was sent.
public struct GradioCall: Sendable {
    /// The server's id of it.
    public let id: String
    /// What happens to it, for one reader; nothing is missed by reading late. It throws ``ConnectivityError``.
    public let events: AsyncThrowingStream<GradioEvent, any Error>
    let stop: @Sendable () async throws -> Void

    /// Waits for the last output.
    public func result() async throws -> [JSONValue] {
        for try await event in events {
            if case .completed(let values) = event { return values }
        }
        throw CancellationError()
    }

    /// Stops it, whether it runs or waits; its events then end with `cancelled`, unless its end comes first.
    public func cancel() async throws { try await stop() }
}
