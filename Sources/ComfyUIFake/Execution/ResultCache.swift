internal import JSONTree

/// The results of earlier prompts (`HierarchicalCache` in upstream's comfy_execution/caching.py).
///
/// Only what the latest prompt could use survives: after prompt A, then B, a node that only A has runs again.
struct ResultCache {
    /// How long results are kept.
    enum Policy: Sendable, Hashable {
        /// Those that the latest prompt has a use for.
        case latestPrompt
        /// That many, the least recently used going first (`--cache-lru N`).
        case recent(Int)
        /// None (`--cache-none`).
        case none
    }

    /// What a node left behind.
    struct Entry {
        /// Values per output slot, as lists of what each call gave.
        let outputs: [[NodeValue]]
        /// What the node showed, `nil` if nothing.
        let ui: JSONObject?
        /// The key of the posted node that this one serves: nodes that an expanding one added live as long as it.
        var owner: CacheKeys.Key?
    }

    let policy: Policy
    private var entries: [CacheKeys.Key: Entry] = [:]
    /// Keys from least to most recently used, kept for `.recent` only.
    private var order: [CacheKeys.Key] = []

    init(policy: Policy) { self.policy = policy }

    subscript(key: CacheKeys.Key) -> Entry? {
        mutating get {
            guard let entry = entries[key] else { return nil }
            touch(key)
            return entry
        }
        set {
            if policy == .none { return }
            entries[key] = newValue
            touch(key)
        }
    }

    /// A new prompt with these keys begins: what it cannot use goes.
    mutating func begin(keys: Set<CacheKeys.Key>) {
        switch policy {
        case .latestPrompt: entries = entries.filter { keys.contains($0.value.owner ?? $0.key) }
        case .recent(let most):
            while order.count > max(most, keys.count), let oldest = order.first(where: { !keys.contains($0) }) {
                order.removeAll { $0 == oldest }
                entries[oldest] = nil
            }
        case .none: entries = [:]
        }
    }

    /// Forgets everything (`POST /free` with `free_memory`).
    mutating func clear() {
        entries = [:]
        order = []
    }

    var count: Int { entries.count }

    private mutating func touch(_ key: CacheKeys.Key) {
        guard case .recent = policy else { return }
        order.removeAll { $0 == key }
        order.append(key)
    }
}
