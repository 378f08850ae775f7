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

        #expect(store[.output, "a"] == nil)
        #expect(store[.input, "in"] != nil)
        #expect(store.size == 9 + 3 * FileStore.overhead)
        #expect(!tooLarge)
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
