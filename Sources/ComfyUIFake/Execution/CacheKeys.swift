internal import JSONTree

/// What makes two nodes give the same results: class, constants, and the same of all ancestors
/// (`CacheKeySetInputSignature` in upstream's comfy_execution/caching.py). Node ids are no part of it.
struct CacheKeys {
    /// A node's key; equal for nodes that give the same results.
    typealias Key = Digest

    /// Tells a class's results apart that its inputs do not, such as the hash of the file it loads.
    enum ChangeStamp: Hashable {
        case same(String)
        /// Never the same as anything (NaN upstream): its node always runs.
        case never
    }

    private let graph: PromptGraph
    private let table: NodeTable
    private let stamp: (String) -> ChangeStamp?
    /// Each node's key once it is known; `nil` where its results must not be kept.
    private var known: [String: Key?] = [:]

    /// - Parameter stamp: a node's change stamp, `nil` if its class has none.
    init(graph: PromptGraph, table: NodeTable, stamp: @escaping (String) -> ChangeStamp?) {
        self.graph = graph
        self.table = table
        self.stamp = stamp
    }

    /// A node's key, `nil` where its results must not be kept.
    mutating func key(of id: String) -> Key? {
        // A stack of its own, sources before those that use them: prompts may be deep chains.
        var stack = [id]
        var open: Set<String> = []
        while let id = stack.last {
            if known[id] != nil {
                stack.removeLast()
                continue
            }
            // Opened before means that its sources were seen to; a cycle counts as seen to.
            let missing =
                open.insert(id).inserted ? graph.links(of: id).map(\.link.node).filter { known[$0] == nil } : []
            if missing.isEmpty {
                known.updateValue(signature(of: id), forKey: id)
                stack.removeLast()
            } else {
                stack += missing
            }
        }
        return known[id] ?? nil
    }

    private func signature(of id: String) -> Key? {
        var digest = Digest()
        let name = graph.className(id)
        digest.add(name)
        switch stamp(id) {
        case .same(let text)?: digest.add("changed \(text)")
        case .never?: return nil
        case nil: break
        }
        if table[name]?.asksForItsID ?? false { digest.add("id \(id)") }
        let inputs = graph.inputs(of: id).sorted {
            $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars)
        }
        for (input, value) in inputs {
            digest.add(input)
            if let link = NodeLink(value), graph.node(link.node) != nil {
                guard case .some(.some(let source)) = known[link.node] else { return nil }
                digest.add("from \(link.slot.text())")
                digest.add(source)
            } else {
                digest.add(value.text())
            }
        }
        return digest
    }
}

/// 128 bits that stand for what was added, in its order; two FNV-1a sums from different starts.
struct Digest: Hashable, Sendable {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x6c62_272e_07bb_0142

    mutating func add(_ text: String) {
        add(text.utf8)
        // Keeps "ab" + "c" and "a" + "bc" apart; no UTF-8 text holds this byte.
        add(CollectionOfOne(0xff))
    }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15 &+ 1
        }
    }

    mutating func add(_ other: Digest) {
        for word in [other.first, other.second] {
            add((0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) })
        }
    }

    /// 32 hexadecimal digits.
    var text: String {
        [first, second].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
