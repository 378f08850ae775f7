internal import JSONTree

/// A prompt that was accepted and waits, runs or has run.
struct QueueItem: Sendable {
    /// Its place in the queue: lower runs earlier. An integer, or a float where the client chose it.
    let number: JSONNumber
    let id: String
    let prompt: JSONObject
    /// What the client sent along, with `client_id` and `create_time`; secrets are taken out.
    let extraData: JSONObject
    /// The output nodes to run.
    let outputs: [String]
    /// What a scenario wants of its run.
    var script = RunScript()

    /// Who gets the messages of the run. An id that is no text is one under which nobody is connected.
    var clientID: String? {
        switch extraData["client_id"] {
        case nil, .null?: nil
        case .string(let id)?: id
        case let other?: "\0\(other.text())"
        }
    }
    /// When it was posted, in milliseconds since 1970.
    var createTime: JSON? { extraData["create_time"] }
    /// The frontend's own id of the workflow.
    var workflowID: JSON? {
        guard let id = extraData["extra_pnginfo"]?["workflow"]?["id"], !id.isNull else { return nil }
        return id
    }

    /// As `/queue` and `/history` show it.
    var json: JSON {
        [
            .number(number), .string(id), .object(prompt), .object(extraData),
            .array(outputs.map { .string($0) }),
        ]
    }
}

extension QueueItem {
    /// Runs before the other; ties are broken by the id, as Python compares tuples.
    func precedes(_ other: QueueItem) -> Bool {
        let (left, right) = (number.double, other.number.double)
        return left != right ? left < right : id.unicodeScalars.lexicographicallyPrecedes(other.id.unicodeScalars)
    }
}
