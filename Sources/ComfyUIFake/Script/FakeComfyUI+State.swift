public import Fakes
public import JSONTree

/// What scenarios and tests may look at and set. Sizes are in bytes, as `/system_stats` tells them.
enum ComfyUIStateMember: String, CaseIterable {
    /// False: each request gets what a client sees of a server that is still starting.
    case ready
    /// Prompts that wait, and those that run: to be read.
    case queuePending = "queue_pending"
    case queueRunning = "queue_running"
    /// True: no further prompt is taken from the queue.
    case paused
    case vramTotal = "vram_total"
    case vramFree = "vram_free"
    case ramTotal = "ram_total"
    case ramFree = "ram_free"
    /// Names of model files by folder. Folders that are not named when it is set stay as they are.
    case models
}

extension FakeComfyUI {
    public func state() -> JSON {
        .object(JSONObject(ComfyUIStateMember.allCases.map { ($0.rawValue, value(of: $0)) }))
    }

    private func value(of member: ComfyUIStateMember) -> JSON {
        switch member {
        case .ready: .bool(server.isReady)
        case .queuePending: .int(server.queue.pending.count)
        case .queueRunning: .int(server.queue.running.count)
        case .paused: .bool(server.isPaused)
        case .vramTotal: .int(server.machine.vram)
        case .vramFree: .int(server.machine.freeVRAM)
        case .ramTotal: .int(server.machine.ram)
        case .ramFree: .int(server.machine.freeRAM)
        case .models:
            .object(
                JSONObject(
                    ModelFolders.names.map { folder in
                        (folder, .array((server.models.files(in: folder) ?? []).map { .string($0.name) }))
                    }))
        }
    }

    public func set(_ changes: JSONObject) throws(StateError) {
        var (isReady, isPaused, machine, models) = (server.isReady, server.isPaused, server.machine, server.models)
        for (name, value) in changes {
            let change = StateChange(name, value)
            switch ComfyUIStateMember(rawValue: name) {
            case .ready: isReady = try change.bool()
            case .paused: isPaused = try change.bool()
            case .vramTotal: machine.vram = try change.count()
            case .vramFree: machine.freeVRAM = try change.count()
            case .ramTotal: machine.ram = try change.count()
            case .ramFree: machine.freeRAM = try change.count()
            case .models: try models.replace(change)
            case .queuePending, .queueRunning: throw change.isReadOnly
            case nil: throw change.isUnknown(among: ComfyUIStateMember.allCases.map(\.rawValue))
            }
        }
        // No card has more free than it has.
        if machine.freeVRAM > machine.vram {
            throw StateError("vram_free", "expected at most vram_total, \(machine.vram), got \(machine.freeVRAM)")
        }
        if machine.freeRAM > machine.ram {
            throw StateError("ram_free", "expected at most ram_total, \(machine.ram), got \(machine.freeRAM)")
        }
        (server.isReady, server.isPaused, server.machine, server.models) = (isReady, isPaused, machine, models)
        wake()
    }
}

extension ModelFolders {
    fileprivate mutating func replace(_ change: StateChange) throws(StateError) {
        for folder in try change.members() {
            let name = folder.last
            guard ModelFolders.names.contains(name) else { throw folder.isUnknown(among: ModelFolders.names) }
            let known = files[name] ?? []
            files[name] = ModelFolders.files(try folder.texts(), in: name).map { file in
                known.first { $0.name == file.name } ?? file
            }
        }
    }
}
