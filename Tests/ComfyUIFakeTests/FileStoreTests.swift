import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct FileStoreTests {
    @Test func `the oldest outputs make room, uploads stay`() {
        var store = FileStore(limit: 10 + 3 * FileStore.overhead)
        store.write([1, 2, 3, 4], to: .input, "in", now: 1)
        store.write([1, 2, 3], to: .output, "a", now: 2)
        store.write([1, 2, 3], to: .output, "b", now: 3)

        store.write([9, 9], to: .temp, "c", now: 4)

        let tooLarge = store.write([UInt8](repeating: 0, count: store.limit), to: .temp, "d", now: 5)

        #expect(store.dropped == 1)
        #expect(store[.output, "a"] == nil)
        #expect(store[.input, "in"] != nil)
        #expect(store.size == 9 + 3 * FileStore.overhead)
        #expect(!tooLarge)
    }

    @Test func `the name of a picture that made room is not given again`() {
        var store = FileStore(limit: 4 * FileStore.overhead)
        func next() -> Int { store.highestCounter(of: "art/x", in: .output) + 1 }

        for _ in 0..<5 { store.write([], to: .output, "art/x_0000\(next())_.png", now: 1) }

        #expect(next() == 6)
        #expect(store.dropped == 1)
        #expect(store.highestCounter(of: "x", in: .output) == 0)
    }

    @Test func `a file that is uploaded raises the counter of its prefix`() {
        var store = FileStore(limit: 1 << 20)
        #expect(store.highestCounter(of: "a_b", in: .output) == 0)

        store.write([], to: .output, "a_b_00041_.png", now: 1)
        store.write([], to: .output, "sub/a_b_00099_.png", now: 1)
        store.write([], to: .temp, "a_b_00099_.png", now: 1)

        #expect(store.highestCounter(of: "a_b", in: .output) == 41)
        // What stands behind this one is no number.
        #expect(store.highestCounter(of: "a", in: .output) == 0)
    }

    @Test(
        arguments: [
            ("a/b", "a/b"), ("./a//b/", "a/b"), ("a/../b", "b"), ("", ""), ("..", nil), ("a/../../b", nil),
            ("/etc", nil),
        ] as [(String, String?)])
    func `paths stay inside`(path: String, inside: String?) {
        #expect(path.normalisedInside == inside)
    }

    @Test(
        arguments: [
            ("x.tar.gz", "x.tar", ".gz"), ("noext", "noext", ""), (".hidden", ".hidden", ""), ("a.b/c", "a.b/c", ""),
            ("a/b.png", "a/b", ".png"), ("..png", "..png", ""),
        ])
    func `endings split as in Python`(name: String, stem: String, ending: String) {
        #expect(name.splitExtension == (stem, ending))
    }
}
