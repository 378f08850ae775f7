internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `/v1/batches`: a batch goes one step further each time that somebody looks.
extension FakeLiteLLM {
    func batches(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        guard visit.request.method == "POST" else {
            let caller = try authorizeProvider(visit)
            let list: [JSON]
            if let script = fileProvider?.answers["batch"] {
                list = [Batch(script, status: "validating").object]
            } else {
                list = files.batches.values.reversed().map(\.object)
            }
            return .json(Self.list(list).bytes(), fields: providerFields(caller), crossOrigin: visit.crossOrigin)
        }
        let document = try RequestDocument.read(
            try await body(of: exchange), contentType: visit.request.headers["content-type"])
        let (caller, fields) = try batchCaller(visit)
        guard let input = document.text("input_file_id"), let endpoint = document.text("endpoint") else {
            throw .unhandled
        }
        if let script = fileProvider?.answers["batch"] {
            let batch = Batch(script, status: "validating")
            return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
        }
        guard files[input] != nil else { throw Self.missingFile(input) }
        var luck = luck(of: "batches" + caller.name)
        let batch = Batch(
            id: "batch_" + luck.hex(32), created: environment.now().wholeSeconds, endpoint: endpoint, input: input,
            window: document.text("completion_window") ?? "24h", metadata: document["metadata"] ?? .null)
        keep(batch)
        return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
    }

    func batch(_ visit: Visit) throws(ProxyError) -> Reply {
        let (_, fields) = try batchCaller(visit)
        if let script = fileProvider?.answers["batch"] {
            let batch = Batch(script, status: "in_progress")
            return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
        }
        var batch = try known(visit)
        switch batch.status {
        case "validating": batch.status = "in_progress"
        case "in_progress": finish(&batch)
        case "cancelling": batch.status = "cancelled"
        default: break
        }
        keep(batch)
        return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
    }

    func cancelBatch(_ visit: Visit) throws(ProxyError) -> Reply {
        let (_, fields) = try batchCaller(visit)
        if let script = fileProvider?.answers["batch"] {
            let batch = Batch(script, status: "cancelling")
            return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
        }
        var batch = try known(visit)
        if batch.status == "validating" || batch.status == "in_progress" { batch.status = "cancelling" }
        keep(batch)
        return .json(batch.object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
    }

    private func batchCaller(_ visit: Visit) throws(ProxyError) -> (Caller, HeaderFields) {
        let caller = try authorizeProvider(visit)
        var luck = luck(of: caller.name)
        var fields = HeaderFields()
        fields.append("x-litellm-call-id", visit.request.headers["x-litellm-call-id"] ?? luck.uuid())
        fields.append(contentsOf: providerFields(caller))
        return (caller, fields)
    }

    private func keep(_ batch: Batch) {
        let size = batch.metadata.text().utf8.count + 512
        tellLoss(of: "batches", files.batches.store(batch, size: size, under: batch.id))
    }

    private func known(_ visit: Visit) throws(ProxyError) -> Batch {
        let id = visit.parameters["id"] ?? ""
        guard let batch = files.batches[id] else {
            throw ProxyError(404, "Error code: 404 - No batch found with id '\(id)'.")
        }
        return batch
    }

    /// Answers every line of the batch's file, and lays the answers down as a file of their own.
    private func finish(_ batch: inout Batch) {
        var output: [UInt8] = []
        let now = environment.now()
        for line in files[batch.input]?.bytes.split(separator: UInt8(ascii: "\n")) ?? [] {
            guard let task = JSON.found(in: Array(line))?.object, let request = task["body"]?.object else {
                continue
            }
            let model = request.text("model") ?? ""
            let luck = environment.random("batch", String(utf8: Array(line)))
            let answer = ChatComposer(
                upstream: Upstream(), behaviour: UpstreamBehaviour(), model: model,
                answers: settings.answers(of: model), now: now, words: luck
            ).answer(to: ChatRequest(request), luck: luck)
            var body: [UInt8] = []
            answer.write(into: &body, shown: model, form: .openAI)
            output.add(#"{"id":"batch_req_"#)
            output.add(String(batch.count))
            output.add(#"","custom_id":"#)
            output.add(task["custom_id"] ?? .null)
            output.add(#","response":{"status_code":200,"request_id":"req_"#)
            output.add(String(batch.count))
            output.add(#"","body":"#)
            output.append(contentsOf: body)
            output.add("},\"error\":null}\n")
            batch.count += 1
        }
        let entry = keep(
            FileShelf.Entry(
                id: "file-" + batch.id.dropFirst("batch_".count), created: now.wholeSeconds,
                name: "\(batch.id)_output.jsonl", purpose: "batch_output", bytes: output))
        batch.output = entry.id
        batch.status = "completed"
        batch.completed = now.wholeSeconds
    }
}

/// A batch of requests at the provider.
struct Batch: Sendable {
    let id: String
    let created: Int
    let endpoint: String
    let input: String
    var window = "24h"
    var metadata = JSON.null
    var status = "validating"
    var output: String?
    var completed: Int?
    var count = 0

    init(id: String, created: Int, endpoint: String, input: String, window: String, metadata: JSON) {
        self.id = id
        self.created = created
        self.endpoint = endpoint
        self.input = input
        self.window = window
        self.metadata = metadata
    }

    /// A described one.
    init(_ script: JSON, status: String) {
        id = script["id"]?.string ?? "batch_1"
        created = script["created"]?.int ?? 0
        endpoint = script["endpoint"]?.string ?? "/v1/chat/completions"
        input = script["input_file_id"]?.string ?? "file-1"
        self.status = status
    }

    var object: JSON {
        [
            "id": .string(id), "completion_window": .string(window), "created_at": .int(created),
            "endpoint": .string(endpoint), "input_file_id": .string(input), "object": "batch",
            "status": .string(status), "cancelled_at": nil, "cancelling_at": nil,
            "completed_at": completed.map { .int($0) } ?? .null, "error_file_id": nil, "errors": nil, "expired_at": nil,
            "expires_at": .int(created + 86_400), "failed_at": nil, "finalizing_at": nil, "in_progress_at": nil,
            "metadata": metadata, "model": nil, "output_file_id": output.map { .string($0) } ?? .null,
            "request_counts": ["completed": .int(count), "failed": 0, "total": .int(count)], "usage": nil,
        ]
    }
}
