import JSONTree
import Testing

@testable import ComfyUIFake

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
