internal import Fakes
internal import JSONTree
internal import SocketServer

/// `/v1/files` and its aliases: relayed to the provider, which a shelf in memory stands for.
extension FakeLiteLLM {
    /// The provider that files and batches go to, where its answers are described.
    var fileProvider: Upstream? { settings.upstreams.first { $0.answers["file"] != nil } }

    func files(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        guard visit.request.method == "POST" else {
            let caller = try authorizeProvider(visit)
            let list: [JSON]
            if let script = fileProvider?.answers["file"] {
                list = [Self.file(script, id: nil)]
            } else {
                let purpose = visit.request.queryItems["purpose"]
                list = files.list.filter { purpose == nil || $0.purpose == purpose }.map(\.object)
            }
            return .json(Self.list(list).bytes(), fields: providerFields(caller), crossOrigin: visit.crossOrigin)
        }
        let bytes = try await body(of: exchange)
        let caller = try authorize(visit)
        let parts = RequestDocument.parts(bytes, visit.request.headers["content-type"])
        let purpose = parts.first { $0.name == "purpose" }?.text
        let upload = parts.first { $0.name == "file" && $0.filename != nil }
        guard let purpose, let upload else {
            throw .missing(
                [purpose == nil ? "purpose" : nil, upload == nil ? "file" : nil].compactMap(\.self), within: "body")
        }
        if purpose == "batch" { try Self.checkBatch(upload.bytes) }
        let name = visit.parameters["provider"] ?? parts.first { $0.name == "custom_llm_provider" }?.text
        guard settings.proxy.filesBase != nil || settings.hasProviderCredentials else {
            throw Self.missingProvider(name)
        }
        var fields = HeaderFields()
        fields.append("x-litellm-model-api-base", settings.proxy.filesBase ?? "https://api.openai.com/v1")
        fields.append(contentsOf: providerFields(caller))
        let object: JSON
        if let script = fileProvider?.answers["file"] {
            object = Self.file(
                script, id: nil, size: upload.bytes.count, name: upload.filename ?? "", purpose: purpose)
        } else {
            var luck = luck(of: "files")
            object =
                keep(
                    FileShelf.Entry(
                        id: "file-" + ChatComposer.token(22, &luck), created: environment.now().wholeSeconds,
                        name: upload.filename ?? "", purpose: purpose, bytes: upload.bytes)
                ).object
        }
        return .json(object.bytes(), fields: fields, crossOrigin: visit.crossOrigin)
    }

    func file(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorizeProvider(visit)
        let id = visit.parameters["id"] ?? ""
        let object: JSON
        if let script = fileProvider?.answers["file"] {
            if script["missing"]?.array?.contains(.string(id)) == true { throw Self.missingFile(id) }
            object = Self.file(script, id: id)
        } else if let entry = files[id] {
            object = entry.object
        } else {
            throw Self.missingFile(id)
        }
        guard visit.request.method == "DELETE" else {
            return .json(object.bytes(), fields: providerFields(caller), crossOrigin: visit.crossOrigin)
        }
        files.remove(id)
        let answer: JSON = ["id": .string(id), "deleted": true, "object": "file"]
        return .json(answer.bytes(), fields: providerFields(caller), crossOrigin: visit.crossOrigin)
    }

    /// The bytes, with the provider's own fields.
    func fileContent(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorizeProvider(visit)
        let id = visit.parameters["id"] ?? ""
        let bytes: [UInt8]
        var upstream = Upstream()
        if let provider = fileProvider, let script = provider.answers["file"] {
            bytes = Array((script["content"]?.string ?? "").utf8)
            upstream = provider
        } else if let entry = files[id] {
            bytes = entry.bytes
        } else {
            throw Self.missingFile(id)
        }
        requestIDs[0, default: 0] += 1
        var headers = HeaderFields()
        for field in upstream.fields(
            number: requestIDs[0] ?? 1, dialect: "openai", streams: false, length: bytes.count, now: environment.now())
        {
            headers.append(field.name, field.name == "content-type" ? "application/octet-stream" : field.value)
        }
        headers.append(contentsOf: providerFields(caller))
        headers.close(crossOrigin: visit.crossOrigin)
        return Reply(headers: headers, body: .bytes(bytes))
    }

    /// Puts a file on the shelf.
    func keep(_ entry: FileShelf.Entry) -> FileShelf.Entry {
        tellLoss(of: "files", files.add(entry))
        return entry
    }

    // MARK: The provider

    func providerFields(_ caller: Caller) -> HeaderFields {
        var fields: HeaderFields = ["x-litellm-version": FixedFields.version]
        fields.append("x-litellm-key-spend", spend(caller).pythonRepr)
        return fields
    }

    /// The caller of a route that goes to the provider, if there is one to go to.
    func authorizeProvider(_ visit: Visit) throws(ProxyError) -> Caller {
        let caller = try authorize(visit)
        let query = visit.request.queryItems
        let name = visit.parameters["provider"] ?? query["provider"] ?? query["custom_llm_provider"]
        guard settings.hasProviderCredentials, name == nil || name == "openai" else { throw Self.missingProvider(name) }
        return caller
    }

    private static func missingProvider(_ name: String?) -> ProxyError {
        switch name {
        case nil, "openai": return ProxyError(500, missingCredentialsText)
        case "azure":
            return ProxyError(
                500,
                "Missing credentials. Please pass one of `api_key`, `azure_ad_token`, `azure_ad_token_provider`, or the "
                    + "`AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN` environment variables.")
        default: return ProxyError(500, "'\(name ?? "")' is not a valid LlmProviders")
        }
    }

    static func missingFile(_ id: String) -> ProxyError {
        ProxyError(404, "Error code: 404 - No such File object: \(id)", param: "id")
    }

    static func list(_ entries: [JSON]) -> JSON {
        [
            "data": .array(entries), "has_more": false, "object": "list", "first_id": entries.first?["id"] ?? nil,
            "last_id": entries.last?["id"] ?? nil,
        ]
    }

    private static func file(
        _ script: JSON, id: String?, size: Int? = nil, name: String? = nil, purpose: String? = nil
    ) -> JSON {
        FileShelf.object(
            id: id ?? script["id"]?.string ?? "file-1", size: size ?? script["bytes"]?.int ?? 0,
            created: script["created"]?.int ?? 0, name: name ?? script["filename"]?.string ?? "",
            purpose: purpose ?? script["purpose"]?.string ?? "batch")
    }

    /// The proxy looks at each line before it sends a batch on.
    private static func checkBatch(_ bytes: [UInt8]) throws(ProxyError) {
        let tail = " The file was not forwarded to the provider."
        var hasLine = false
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            hasLine = true
            guard let value = JSON.found(in: Array(line), options: .python) else {
                throw ProxyError(400, "Batch input file line \(index + 1) is not valid JSON.\(tail)", param: "file")
            }
            guard let object = value.object else {
                throw ProxyError(400, "Batch input file line \(index + 1) must be a JSON object.\(tail)", param: "file")
            }
            for field in ["custom_id", "method", "url", "body"] where !object.contains(key: field) {
                throw ProxyError(
                    400,
                    "Missing required parameter: '\(field)' (batch input file line \(index + 1)). Each line must be a "
                        + "JSON object with keys custom_id, method, url, body.\(tail)", param: field)
            }
        }
        if !hasLine { throw ProxyError(400, "Batch input file has no request lines.\(tail)", param: "file") }
    }
}

/// Uploaded files in memory. Bounded: the oldest go when there is too much.
struct FileShelf: Sendable {
    struct Entry: Sendable {
        let id: String
        let created: Int
        let name: String
        let purpose: String
        let bytes: [UInt8]

        var object: JSON {
            FileShelf.object(id: id, size: bytes.count, created: created, name: name, purpose: purpose)
        }
    }

    private static let limit = 64 * 1024 * 1024
    private(set) var list: [Entry] = []
    private var size = 0
    /// Batches, by id.
    var batches = BoundedStore<Batch>()

    subscript(id: String) -> Entry? { list.first { $0.id == id } }

    /// - Returns: whether another one had to go for it.
    mutating func add(_ entry: Entry) -> Bool {
        list.append(entry)
        size += entry.bytes.count
        let before = list.count
        while size > Self.limit || list.count > 1000 { size -= list.removeFirst().bytes.count }
        return list.count < before
    }

    mutating func remove(_ id: String) {
        guard let index = list.firstIndex(where: { $0.id == id }) else { return }
        size -= list.remove(at: index).bytes.count
    }

    static func object(id: String, size: Int, created: Int, name: String, purpose: String) -> JSON {
        [
            "id": .string(id), "bytes": .int(size), "created_at": .int(created), "filename": .string(name),
            "object": "file", "purpose": .string(purpose), "status": "processed", "expires_at": nil,
            "status_details": nil,
        ]
    }
}
