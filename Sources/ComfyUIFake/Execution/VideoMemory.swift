/// What lies in a graphics card's memory: models, which stay from one prompt to the next, and what a sampler works on
/// (`comfy/model_management.py` upstream). Sizes in bytes.
struct VideoMemory: Sendable {
    /// The one used longest ago comes first.
    private(set) var models: [(name: String, bytes: Int)] = []
    /// Taken by the sampler that runs.
    private var work = 0
    /// The most that was taken: PyTorch keeps it until models are unloaded.
    private(set) var reserved = 0

    var used: Int { models.reduce(work) { $0 + $1.bytes } }

    /// Makes sure that a model is there; those used longest ago make room for it.
    ///
    /// - Returns: whether it had to be loaded.
    mutating func use(_ name: String, bytes: Int, room: Int) -> Bool {
        let place = models.firstIndex { $0.name == name }
        let known = place.map { models.remove(at: $0) }
        if known == nil { makeRoom(for: bytes, in: room) }
        models.append(known ?? (name, bytes))
        reserved = max(reserved, used)
        return known == nil
    }

    /// Takes memory for the work of a sampler, if need be from models.
    ///
    /// - Returns: false where even an empty card has not so much.
    mutating func begin(work bytes: Int, room: Int) -> Bool {
        makeRoom(for: bytes, in: room)
        guard used + bytes <= room else { return false }
        work = bytes
        reserved = max(reserved, used)
        return true
    }

    mutating func endWork() { work = 0 }

    /// `POST /free`.
    mutating func unload() {
        models = []
        reserved = work
    }

    private mutating func makeRoom(for bytes: Int, in room: Int) {
        while !models.isEmpty && used + bytes > room { models.removeFirst() }
    }
}
