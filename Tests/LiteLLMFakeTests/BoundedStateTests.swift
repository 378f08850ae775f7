import Testing

@testable import LiteLLMFake

@Suite struct BoundedStateTests {
    @Test func `the oldest go when there are too many, and it is told`() {
        var store = BoundedStore<Int>(most: 3, mostBytes: 1000)

        let losses = (0..<5).map { store.store($0, size: 1, under: "\($0)") }

        #expect(losses == [false, false, false, true, true])
        #expect(store.values == [2, 3, 4])
        #expect(store["1"] == nil)
        #expect(store["2"] == 2)
    }

    @Test func `the oldest go when they are too large, and what is replaced no longer counts`() {
        var store = BoundedStore<Int>(most: 100, mostBytes: 10)
        store.store(0, size: 6, under: "a")
        store.store(1, size: 4, under: "b")

        let replaced = store.store(2, size: 2, under: "a")
        let added = store.store(3, size: 4, under: "c")
        let large = store.store(4, size: 7, under: "d")

        #expect(!replaced && !added && large)
        #expect(store.values == [4])
    }

    @Test func `what is larger than the room for all is not kept, nor is anything else`() {
        var store = BoundedStore<Int>(most: 100, mostBytes: 10)
        store.store(0, size: 1, under: "a")

        let isLost = store.store(1, size: 11, under: "b")

        #expect(isLost)
        #expect(store.values.isEmpty)
    }

    @Test func `keys that come and go leave no more places behind than are needed`() {
        var store = KeyStore([])
        for number in 0..<3_000 {
            let hasRoom = store.add(VirtualKey(key: "sk-\(number)"))
            #expect(hasRoom)
            store.index(of: "sk-\(number)").map { store.block($0) }
        }

        #expect(store.entries.count < 1_100)
    }
}
