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
