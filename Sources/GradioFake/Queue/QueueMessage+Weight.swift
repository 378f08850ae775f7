import JSONTree

extension QueueMessage {
    /// Bytes that keeping it costs, roughly.
    var weight: Int {
        switch self {
        case .generating(let output, let edits, _): 256 + output.data.weight + (edits?.weight ?? 0)
        case .completed(.success(let output)): 256 + output.data.weight
        default: 256
        }
    }
}

extension [JSON] {
    fileprivate var weight: Int { reduce(0) { $0 + 16 + $1.weight } }
}

extension JSON {
    fileprivate var weight: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .array(let values): values.weight
        case .object(let object): object.reduce(0) { $0 + 32 + $1.key.utf8.count + $1.value.weight }
        default: 0
        }
    }
}
