/// The requests of ComfyUI's API, without the WebSocket (protocol of ComfyUI, sections 5 to 8).
struct ComfyUIRequests: Sendable {
    /// `http://host:port`, without a slash at the end.
    let url: String
    var repeated: RepeatedCalls

    var peer: Peer { repeated.peer }

    /// The same, for a caller that has the circuit's permit already.
    var unguarded: Self {
        var copy = self
        copy.repeated.circuit = nil
        return copy
    }

    /// How a prompt was received.
    enum Reception: Sendable {
        /// Outputs that cannot be made may be left out of it: then there are errors.
        case taken(errors: [JobFailure.NodeError])
        case refused(JobFailure)
    }

    /// Posts a prompt, once.
    ///
    /// - Throws: ``ConnectivityError``; unless it is `refused`, the server may have taken the prompt all the same.
    func submit(_ workflow: JSONValue, id: String, client: String, extra: JSONValue?) async throws -> Reception {
        var body: JSONValue = ["prompt": workflow, "prompt_id": .string(id), "client_id": .string(client)]
        if let extra { body["extra_data"] = extra }
        let (reply, bytes) = try await repeated.transfers.fetch(
            call(.json(url + "/prompt", body), repeated.transfers.limits.total))
        if reply.status == 400, let refusal = try? JSONValue(parsing: bytes), let failure = JobFailure(refusal: refusal)
        {
            return .refused(failure)
        }
        guard reply.status == 200 else { throw reply.failure(nil, body: bytes) }
        let view = try JSONView(parsing: bytes, source: .init(peer: peer, what: "POST \(url)/prompt"))
        guard try view.member("prompt_id").text == id else {
            throw try view.member("prompt_id").unexpected("our id \(id)")
        }
        return .taken(errors: JobFailure.nodeErrors(view.value["node_errors"]))
    }

    /// Nil for a job that the history does not have.
    func history(of id: String) async throws -> HistoryEntry? {
        let view = try await get("/history/\(PercentEncoding.encoded(id))")
        guard !(try view.members.isEmpty) else { return nil }
        return try HistoryEntry(id, view.member(id))
    }

    func queue() async throws -> JobQueue { try JobQueue(try await get("/queue")) }

    func stats() async throws -> SystemStats { try SystemStats(try await get("/system_stats")) }

    /// What a node class takes and gives, or all of them; by the name of the class.
    func objectInfo(_ name: String?) async throws -> [String: JSONValue] {
        let view = try await get("/object_info" + (name.map { "/" + PercentEncoding.encoded($0) } ?? ""))
        guard let members = view.value.object else { throw view.unexpected("an object of node classes") }
        return members
    }

    func interrupt(_ id: String) async throws { try await post("/interrupt", ["prompt_id": .string(id)]) }

    func deletePending(_ id: String) async throws { try await post("/queue", ["delete": [.string(id)]]) }

    /// The bytes of a file.
    func download(_ file: OutputFile) async throws -> [UInt8] {
        let query = PercentEncoding.query(["filename": file.filename, "subfolder": file.subfolder, "type": file.type])
        return try await fetched(HTTPCall(url: "\(url)/view?\(query)"))
    }

    /// Sends a picture or another file to the folder of inputs.
    func upload(
        _ bytes: [UInt8], to path: String, name: String, mediaType: String, fields: KeyValuePairs<String, String>
    ) async throws -> UploadedFile {
        var form = MultipartForm()
        for (name, value) in fields { form.add(name, value) }
        form.add("image", filename: name, type: mediaType, bytes)
        let call = HTTPCall(
            method: .post, url: url + path, headers: [("Content-Type", form.contentType)], body: form.bytes)
        return try UploadedFile(try JSONView(parsing: try await fetched(call), source: source(call)))
    }

    // MARK: Calls

    private func get(_ path: String) async throws -> JSONView {
        let call = HTTPCall(url: url + path)
        return try JSONView(parsing: try await fetched(call), source: source(call))
    }

    private func post(_ path: String, _ body: JSONValue) async throws {
        _ = try await fetched(.json(url + path, body))
    }

    /// The body of a success. All that is asked for through here may be asked for twice.
    private func fetched(_ call: HTTPCall) async throws -> [UInt8] {
        try await repeated { left in
            let (reply, bytes) = try await repeated.transfers.fetch(self.call(call, left))
            guard reply.status == 200 else { throw reply.failure(nil, body: bytes) }
            return bytes
        }
    }

    private func call(_ call: HTTPCall, _ left: Duration) -> HTTPCall {
        var call = call
        call.deadline = left
        call.maximumBodyBytes = repeated.transfers.limits.bodyBytes
        return call
    }

    private func source(_ call: HTTPCall) -> JSONView.Source {
        .init(peer: peer, what: "\(call.method.rawValue) \(call.url)")
    }
}
