import JSONTree
import Testing

@testable import ComfyUIFake

@Suite struct ExecutionOrderTests {
    /// Nodes with their sources; those named `out…` are outputs, `async…` are async.
    private func order(
        of graph: [(String, [String])], outputs: [String], cached: Set<String> = []
    ) -> (ExecutionOrder, ExecutionOrder.Facts) {
        let sources = Dictionary(uniqueKeysWithValues: graph)
        let facts = ExecutionOrder.Facts(
            isOutput: { $0.hasPrefix("out") }, isAsync: { $0.hasPrefix("async") }, isCached: { cached.contains($0) },
            sources: { sources[$0] ?? [] })
        var order = ExecutionOrder()
        for output in outputs { order.add(output, facts) }
        return (order, facts)
    }

    private func all(_ order: ExecutionOrder, _ facts: ExecutionOrder.Facts) -> [String] {
        var order = order
        var taken: [String] = []
        while let next = order.stage(facts) {
            taken.append(next)
            order.complete()
        }
        return taken
    }

    @Test func `a chain runs from its root`() {
        let (order, facts) = order(of: [("out", ["b"]), ("b", ["a"]), ("a", [])], outputs: ["out"])

        #expect(all(order, facts) == ["a", "b", "out"])
    }

    @Test func `a ready output goes before everything else`() {
        let (order, facts) = order(
            of: [("out1", ["a"]), ("out2", ["b"]), ("b", ["a"]), ("a", [])], outputs: ["out1", "out2"])

        #expect(all(order, facts) == ["a", "out1", "b", "out2"])
    }

    @Test func `what feeds an output goes before what is further away`() {
        let (order, facts) = order(
            of: [("out", ["decode"]), ("decode", ["far", "vae"]), ("far", ["x"]), ("x", []), ("vae", [])],
            outputs: ["out"])

        #expect(all(order, facts) == ["vae", "x", "far", "decode", "out"])
    }

    @Test func `cached nodes are not waited for, a cached output still gets its turn`() {
        let graph = [("out", ["b"]), ("b", ["a"]), ("a", [])] as [(String, [String])]
        let (inner, innerFacts) = order(of: graph, outputs: ["out"], cached: ["b"])
        let (whole, wholeFacts) = order(of: graph, outputs: ["out"], cached: ["a", "b", "out"])

        #expect(all(inner, innerFacts) == ["out"])
        #expect(all(whole, wholeFacts) == ["out"])
    }

    @Test func `an async node goes first and lets others run while it is held`() {
        var (order, facts) = order(of: [("out", ["a", "async1"]), ("a", []), ("async1", [])], outputs: ["out"])

        var staged = [order.stage(facts)]
        order.hold("async1")
        order.unstage()
        staged.append(order.stage(facts))
        order.complete()
        staged.append(order.stage(facts))
        let outside = order.outside
        order.release("async1")
        staged.append(order.stage(facts))
        order.complete()
        staged.append(order.stage(facts))

        #expect(staged == ["async1", "a", nil, "async1", "out"])
        #expect(outside == 1)
    }

    @Test func `a node that wants a lazy input waits for it`() {
        var (order, facts) = order(
            of: [("out", ["mix"]), ("mix", []), ("lazy", ["deep"]), ("deep", [])], outputs: ["out"])

        let first = order.stage(facts)
        order.block("mix", until: "lazy", facts)
        order.unstage()

        #expect(first == "mix")
        #expect(all(order, facts) == ["deep", "lazy", "mix", "out"])
    }

    @Test func `nodes that wait for each other leave nothing ready`() {
        var (order, facts) = order(of: [("out", ["a"]), ("a", ["b"]), ("b", ["a"])], outputs: ["out"])

        let first = order.stage(facts)

        #expect(first == nil)
        #expect(order.outside == 0)
        #expect(Set(order.stuck) == ["out", "a", "b"])
    }
}

@Suite struct CacheKeysTests {
    /// The key of each node.
    private func keys(
        _ prompt: JSONObject, stamp: @escaping (String) -> CacheKeys.ChangeStamp? = { _ in nil }
    ) -> [String: CacheKeys.Key] {
        var keys = CacheKeys(graph: PromptGraph(prompt), table: .core, stamp: stamp)
        return Dictionary(uniqueKeysWithValues: prompt.keys.compactMap { id in keys.key(of: id).map { (id, $0) } })
    }

    @Test func `ids do not count, constants and classes do`() {
        let one = keys(["1": Prompts.emptyImage, "2": Prompts.invert("1"), "9": Prompts.preview("2")])
        let two = keys(["11": Prompts.emptyImage, "12": Prompts.invert("11"), "19": Prompts.preview("12")])
        let other = keys(Prompts.image(with: "width", 65))

        #expect(one["2"] == two["12"])
        #expect(one["9"] == two["19"])
        #expect(one["1"] != one["2"])
        #expect(one["1"] != other["1"])
    }

    @Test func `a change above is a change below`() {
        let before = keys(["1": Prompts.emptyImage, "2": Prompts.invert("1")], stamp: { $0 == "1" ? .same("a") : nil })
        let after = keys(["1": Prompts.emptyImage, "2": Prompts.invert("1")], stamp: { $0 == "1" ? .same("b") : nil })

        #expect(before["2"] != after["2"])
    }

    @Test func `what is never the same has no key, nor has what follows it`() {
        let keys = keys(["1": Prompts.emptyImage, "2": Prompts.invert("1")], stamp: { $0 == "1" ? .never : nil })

        #expect(keys["1"] == nil)
        #expect(keys["2"] == nil)
    }

    @Test func `a long chain has a key`() {
        var prompt: JSONObject = ["0": Prompts.emptyImage]
        for id in 1...5000 { prompt["\(id)"] = Prompts.invert("\(id - 1)".json) }
        let keys = keys(prompt)

        #expect(keys["5000"] != nil)
        #expect(keys["5000"] != keys["4999"])
    }

    @Test func `only what the latest prompt could use survives`() {
        let keys = keys(["1": Prompts.emptyImage, "2": Prompts.invert("1")])
        var cache = ResultCache(policy: .latestPrompt)
        let (one, two) = (keys["1"]!, keys["2"]!)
        cache[one] = ResultCache.Entry(outputs: [], ui: nil)
        cache[two] = ResultCache.Entry(outputs: [], ui: nil)

        cache.begin(keys: [one])
        let left = [one, two].map { cache[$0] != nil }

        #expect(left == [true, false])
    }

    @Test func `a cache of so many keeps the recent ones`() {
        var cache = ResultCache(policy: .recent(2))
        let keys = (0..<3).map { number in
            var key = Digest()
            key.add("\(number)")
            return key
        }
        for key in keys { cache[key] = ResultCache.Entry(outputs: [], ui: nil) }

        cache.begin(keys: [])
        let left = keys.map { cache[$0] != nil }

        #expect(left == [false, true, true])
    }
}
