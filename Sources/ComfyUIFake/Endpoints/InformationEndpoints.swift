internal import JSONTree
internal import SocketServer

// What the server tells of itself (upstream's server.py, app/model_manager.py, api_server/).
extension FakeComfyUI {
    /// Where the imitated server keeps its files.
    static let baseDirectory = "/srv/comfyui"

    func systemStats() -> Answer {
        let machine = server.machine
        let packages: [(String, String)] = [
            ("comfyui-frontend-package", "1.45.20"), ("comfyui-workflow-templates", "0.11.6"),
            ("comfyui-embedded-docs", "0.5.6"), ("comfy-kitchen", "0.2.16"), ("comfy-aimdo", "0.4.10"),
        ]
        return .json([
            "system": [
                "os": "linux", "ram_total": .int(machine.ram), "ram_free": .int(machine.freeRAM),
                "comfyui_version": "0.27.1", "required_frontend_version": "1.45.20",
                "installed_templates_version": "0.11.6", "required_templates_version": "0.11.6",
                "comfy_package_versions": .array(
                    packages.map { name, version in
                        ["name": .string(name), "installed": .string(version), "required": .string(version)]
                    }),
                "python_version": "3.11.7 (main) [GCC 12.2.0]",
                "pytorch_version": machine.type == "cpu" ? "2.13.0+cpu" : "2.13.0+cu130", "embedded_python": false,
                "deploy_environment": "local-git",
                "argv": ["main.py", "--base-directory", .string(Self.baseDirectory)],
            ],
            "devices": [
                [
                    "name": .string(machine.device), "type": .string(machine.type),
                    "index": machine.type == "cpu" ? .null : 0, "vram_total": .int(machine.vram),
                    "vram_free": .int(server.freeVRAM), "torch_vram_total": .int(torch.total),
                    "torch_vram_free": .int(torch.free),
                ]
            ],
        ])
    }

    /// What PyTorch has taken of the card's memory, and what of that it does not use.
    private var torch: (total: Int, free: Int) {
        if server.configuration.profile == .gpu {
            return (server.video.reserved, server.video.reserved - server.video.used)
        }
        return (server.machine.vram / 4, server.machine.vram / 8)
    }

    func features() -> Answer { .json(featureFlags) }

    func allNodes() -> Answer { .json(server.table.info(in: server.listing)) }

    func oneNode(_ call: Call) -> Answer {
        let name = call["class"]
        return .json(server.table[name].map { [name: $0.info(in: server.listing)] } ?? [:])
    }

    func embeddings() -> Answer {
        .json(
            .array(
                (server.models.files(in: "embeddings") ?? []).map { .string($0.name.splitExtension.stem) })
        )
    }

    func modelFolders() -> Answer { .json(.array(ModelFolders.names.map { .string($0) })) }

    func modelNames(_ call: Call) -> Answer {
        guard let files = server.models.files(in: call["folder"]) else { return .empty(404) }
        return .json(.array(files.map { .string($0.name) }))
    }

    func modelPaths() -> Answer {
        let names = ModelFolders.names.filter { $0 != "configs" && $0 != "custom_nodes" }
        return .json(.array(names.map { ["name": .string($0), "folders": paths(of: $0)] }))
    }

    func modelFiles(_ call: Call) -> Answer {
        guard let files = server.models.files(in: call["folder"]) else { return .empty(404) }
        let made = 1_780_000_000.0
        return .json(
            .array(
                files.map { file in
                    [
                        "name": .string(file.name), "pathIndex": 0, "modified": .double(made), "created": .double(made),
                        "size": .int(file.size),
                    ]
                }))
    }

    /// The `__metadata__` of a model file's header, as training tools leave it there.
    func modelMetadata(_ call: Call) -> Answer {
        guard let name = call.query["filename"], name.hasSuffix(".safetensors"),
            server.models.files(in: call["folder"])?.contains(where: { $0.name == name }) ?? false
        else { return .empty(404) }
        return .json(["format": "pt"])
    }

    func extensions() -> Answer { .json(.array((server.webInterface?.extensions ?? []).map { .string($0) })) }

    func folderPaths() -> Answer {
        .json(.object(JSONObject(ModelFolders.names.map { ($0, paths(of: $0)) })))
    }

    private func paths(of folder: String) -> JSON {
        .array(ModelFolders.paths(of: folder, below: Self.baseDirectory).map { .string($0) })
    }

    /// Files directly in a folder, newest first.
    func folderFiles(_ call: Call) -> Answer {
        guard let folder = FileStore.Folder(rawValue: call["folder"]), folder != .user else {
            return .json(["error": "Invalid directory type"], status: 400)
        }
        let names = server.files.names(in: folder).filter { !$0.hasPrefix(".") }
        let newestFirst = names.enumerated().sorted { left, right in
            let (a, b) = (modified(folder, left.element), modified(folder, right.element))
            return a != b ? a > b : left.offset < right.offset
        }
        return .json(.array(newestFirst.map { .string("\($0.element) [\(folder.rawValue)]") }))
    }

    private func modified(_ folder: FileStore.Folder, _ name: String) -> Int {
        server.files[folder, name]?.modified ?? 0
    }

    func subscribeToLogs(_ call: Call) async throws -> Answer {
        let body = try await call.object()
        guard let client = body["clientId"], let enabled = body["enabled"] else { throw ServerTrouble() }
        if enabled.isTruthy {
            // Only ids that are connected can be subscribers, so there are never more than sockets.
            if let id = client.string, server.clients[id] != nil { server.logSubscribers.insert(id) }
        } else if let id = client.string {
            server.logSubscribers.remove(id)
        }
        return .empty()
    }
}
