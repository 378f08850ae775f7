internal import JSONTree
internal import SocketServer

/// Answers the requests of one route.
typealias Endpoint = @Sendable (isolated FakeComfyUI, Call) async throws -> Answer

/// All routes of the server (upstream's server.py, app/user_manager.py, app/model_manager.py, api_server/).
///
/// Each also exists below `/api`, but for those of `/internal`. Those of the jobs exist there only, and by an
/// accident of the real server once more below that.
enum Routes {
    private static let everywhere: [(method: String, path: String, endpoint: Endpoint)] = [
        ("GET", "/ws", { try $0.openSocket($1) }),
        ("GET", "/prompt", { fake, _ in fake.queueLength() }),
        ("POST", "/prompt", { try await $0.postPrompt($1) }),
        ("GET", "/queue", { fake, _ in fake.queueListing() }),
        ("POST", "/queue", { try await $0.changeQueue($1) }),
        ("POST", "/interrupt", { try await $0.interrupt($1) }),
        ("POST", "/free", { try await $0.freeMemory($1) }),
        ("GET", "/history", { try $0.historyPage($1) }),
        ("GET", "/history/{id}", { $0.historyEntry($1) }),
        ("POST", "/history", { try await $0.changeHistory($1) }),

        ("GET", "/view", { try await $0.view($1) }),
        ("POST", "/upload/image", { try await $0.uploadImage($1) }),
        ("POST", "/upload/mask", { try await $0.uploadMask($1) }),
        ("GET", "/view_metadata/{folder}", { $0.modelMetadata($1) }),

        ("GET", "/system_stats", { fake, _ in fake.systemStats() }),
        ("GET", "/features", { fake, _ in fake.features() }),
        ("GET", "/object_info", { fake, _ in fake.allNodes() }),
        ("GET", "/object_info/{class}", { $0.oneNode($1) }),
        ("GET", "/embeddings", { fake, _ in fake.embeddings() }),
        ("GET", "/models", { fake, _ in fake.modelFolders() }),
        ("GET", "/models/{folder}", { $0.modelNames($1) }),
        ("GET", "/experiment/models", { fake, _ in fake.modelPaths() }),
        ("GET", "/experiment/models/{folder}", { $0.modelFiles($1) }),
        ("GET", "/extensions", { fake, _ in fake.extensions() }),
        ("GET", "/i18n", { _, _ in .json([:]) }),
        ("GET", "/workflow_templates", { _, _ in .json([:]) }),
        ("GET", "/node_replacements", { _, _ in .json(NodeReplacements.core.listing) }),
        ("GET", "/global_subgraphs", { _, _ in .json(Blueprints.subgraphs) }),
        ("GET", "/global_subgraphs/{id}", { _, call in .json(Blueprints.subgraph(call["id"])) }),

        ("GET", "/users", { fake, _ in fake.listUsers() }),
        ("POST", "/users", { try await $0.addUser($1) }),
        ("GET", "/settings", { try $0.allSettings($1) }),
        ("GET", "/settings/{id}", { try $0.oneSetting($1) }),
        ("POST", "/settings", { try await $0.changeSettings($1) }),
        ("POST", "/settings/{id}", { try await $0.changeSetting($1) }),
        ("GET", "/userdata", { try $0.listUserData($1) }),
        ("GET", "/v2/userdata", { try $0.walkUserData($1) }),
        ("GET", "/userdata/{file}", { try $0.readUserData($1) }),
        ("POST", "/userdata/{file}", { try await $0.writeUserData($1) }),
        ("DELETE", "/userdata/{file}", { try $0.deleteUserData($1) }),
        ("POST", "/userdata/{file}/move/{dest}", { try $0.moveUserData($1) }),
    ]

    private static let jobs: [(method: String, path: String, endpoint: Endpoint)] = [
        ("GET", "/api/jobs", { $0.listJobs($1) }),
        ("GET", "/api/jobs/{id}", { $0.showJob($1) }),
        ("POST", "/api/jobs/{id}/cancel", { $0.cancelJob($1) }),
        ("POST", "/api/jobs/cancel", { try await $0.cancelJobs($1) }),
    ]

    private static let inside: [(method: String, path: String, endpoint: Endpoint)] = [
        ("GET", "/internal/logs", { fake, _ in .json(fake.server.logs.text) }),
        ("GET", "/internal/logs/raw", { fake, _ in .json(fake.server.logs.raw) }),
        ("PATCH", "/internal/logs/subscribe", { try await $0.subscribeToLogs($1) }),
        ("GET", "/internal/folder_paths", { fake, _ in fake.folderPaths() }),
        ("GET", "/internal/files/{folder}", { $0.folderFiles($1) }),
    ]

    /// Every route, once for each path.
    static let all: [(method: String, path: String, endpoint: Endpoint)] =
        (everywhere + jobs).flatMap { [$0, ($0.method, "/api" + $0.path, $0.endpoint)] } + inside

    /// The paths that take upgrades.
    static let sockets = all.map(\.path).filter { $0.hasSuffix("/ws") }

    static let table: RouteTable<Endpoint> = {
        var table = RouteTable<Endpoint>()
        for route in all { table.on(route.method, route.path, route.endpoint) }
        return table
    }()
}
