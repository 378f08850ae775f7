internal import Fakes
internal import JSONTree
internal import SocketServer

/// Everything that a fake ComfyUI knows and that changes. Owned by the actor `FakeComfyUI`, touched only on its loop.
final class ComfyUIState {
    let environment: FakeEnvironment
    let configuration: ComfyUIConfiguration
    let table: NodeTable
    let behaviours: Behaviours
    let webInterface: WebInterface?

    /// What `/system_stats` tells of, and the models: as configured, until a scenario changes them.
    var machine: ComfyUIConfiguration.Machine
    var models: ModelFolders
    /// What the card holds, with the profile `gpu`.
    var video = VideoMemory()
    /// False while the fake plays a server that is still starting.
    var isReady = true
    /// No further prompt is taken from the queue.
    var isPaused = false
    var clients = ClientRegistry<WebSocket>()
    var queue = PromptQueue()
    var history = History()
    var files: FileStore
    var cache: ResultCache
    var instances: NodeInstances
    var logs = LogBook()
    /// Client ids that get log frames.
    var logSubscribers: Set<String> = []
    var users: UserDirectory
    /// Somebody asked the running prompt to stop.
    var isInterrupted = false
    /// `POST /free` asked for it; done before the next prompt.
    var shallFree = false
    /// The same for the models alone.
    var shallUnload = false
    /// The prompt that runs now.
    var running: PromptRun?
    /// What each client asked for so far, from which ids are drawn.
    var repetitions = Repetitions()

    /// - Throws: `NodeFileError` or a `JSONError` for a node file that cannot be read, `WebInterfaceError` where there is none.
    init(environment: FakeEnvironment, configuration: ComfyUIConfiguration) throws {
        self.environment = environment
        self.configuration = configuration
        machine = configuration.machine
        models = configuration.models
        var table = NodeTable.core
        for bytes in configuration.nodeFiles { table.add(try NodeFile(JSON(parsing: bytes)).classes) }
        self.table = table
        behaviours = Behaviours(table: table)
        webInterface = try configuration.webInterface.map { try WebInterface(folder: $0) }
        files = FileStore(limit: configuration.fileBytes)
        cache = ResultCache(policy: ResultCache.Policy(configuration.cache))
        instances = NodeInstances(environment: environment)
        users = UserDirectory(isMultiUser: configuration.isMultiUser)
    }

    /// What the card has left.
    var freeVRAM: Int { max(0, machine.freeVRAM - video.used) }

    // MARK: Messages

    /// Sends messages that belong to a prompt of some client, or to all.
    func send(_ messages: [ServerMessage], for clientID: String?) {
        // All of this lives on the loop; a message from elsewhere would tear the sockets' bytes apart.
        environment.loop.checkIsolated()
        for message in messages {
            switch (message.receiver, clientID) {
            case (.all, _), (.clientOrAll, nil): post(message.content, to: Array(clients.all))
            case (.client, let id?), (.clientOrAll, let id?): post(message.content, to: clients[id].map { [$0] } ?? [])
            case (.client, nil): break
            }
        }
    }

    private func post(_ content: ServerMessage.Content, to sockets: [WebSocket]) {
        if sockets.isEmpty { return }
        switch content {
        case .event(let type, let data):
            let text = ServerMessage.text(type, data)
            for socket in sockets { socket.post(text) }
        case .progressState(let board):
            let text = ServerMessage.text("progress_state", board.data)
            for socket in sockets { socket.post(text) }
        case .frame(let bytes):
            for socket in sockets { socket.post(bytes) }
        }
    }

    /// Tells everybody how long the queue is.
    func tellQueue() { send([.status(remaining: queue.remaining)], for: nil) }

    /// Writes a line to the server's terminal, and to those who watch it.
    func log(_ text: String) {
        let entry = logs.add(text, at: environment.now().isoMicroseconds)
        if logSubscribers.isEmpty { return }
        let data: JSON = ["entries": [entry.json], "size": .null]
        logSubscribers = logSubscribers.filter { clients[$0] != nil }
        for id in logSubscribers { send([.event("logs", data, to: .client)], for: id) }
    }

    // MARK: Files

    /// Writes a file. Older ones go where there is no room left, and the log of the suite says so.
    func keep(_ bytes: [UInt8], in folder: FileStore.Folder, as path: String) {
        let before = files.dropped
        if !files.write(bytes, to: folder, path, now: environment.now().nanoseconds) {
            environment.warn("\(path) is larger than all files together may be (\(files.limit) bytes, --file-bytes)")
        } else if files.dropped.isFarther(than: before) {
            environment.warn(
                "files that had to make room for newer ones: \(files.dropped) (\(files.limit) bytes, --file-bytes)")
        }
    }

    /// Adds a prompt that has run to the history. Where the oldest have to go for their size, the log of the suite says so;
    /// that none is kept beyond 10,000 is as in the real server, which says nothing.
    func remember(_ entry: History.Entry) {
        let before = history.dropped
        history.add(entry)
        if history.dropped.isFarther(than: before) {
            environment.warn(
                "prompts that left the history early: \(history.dropped) (\(History.mostBytes) bytes)")
        }
    }

    /// What combos of files offer now.
    var listing: FileListing { listing(models: models) }

    /// The same on a machine without a model.
    var listingWithoutModels: FileListing { listing(models: .none) }

    private func listing(models: ModelFolders) -> FileListing {
        let files = files
        return FileListing { folder in
            // Looked up when a class asks: few prompts have one that loads files.
            let inputs = folder.hasPrefix("input") ? files.names(in: .input) : []
            return switch folder {
            case "input": inputs.filter { MediaType.of($0).hasPrefix("image/") }
            case "input:audio":
                inputs.filter { MediaType.of($0).hasPrefix("audio/") || MediaType.of($0).hasPrefix("video/") }
            case "input:video": inputs.filter { MediaType.of($0).hasPrefix("video/") }
            default: models.files(in: folder)?.map(\.name) ?? []
            }
        }
    }

    /// The file behind a name such as `pic.png`, `sub/pic.png` or `pic.png [output]`.
    func file(named text: String) -> FileStore.File? {
        let name = AnnotatedName(text)
        guard let path = name.name.normalisedInside else { return nil }
        return files[name.folder ?? .input, path]
    }
}

extension Int {
    /// Whether a count has grown past a power of two: reason to tell of it again.
    fileprivate func isFarther(than before: Int) -> Bool { leadingZeroBitCount < before.leadingZeroBitCount }
}

extension ResultCache.Policy {
    init(_ cache: ComfyUIConfiguration.Cache) {
        self =
            switch cache {
            case .classic: .latestPrompt
            case .recent(let most): .recent(most)
            case .none: .none
            }
    }
}
