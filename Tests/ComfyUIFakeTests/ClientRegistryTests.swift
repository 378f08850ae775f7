import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct ClientRegistryTests {
    @Test func `a newer socket takes the place, and closing either deafens both`() {
        var clients = ClientRegistry<Int>()
        clients.register(1, as: "a")
        clients.announce(["supports_preview_metadata": true], by: "a")

        clients.register(2, as: "a")

        #expect(clients["a"] == 2)
        #expect(Array(clients.all) == [2])
        #expect(!clients.takesPreviewMetadata("a"))
        clients.unregister("a")
        #expect(clients["a"] == nil)
        #expect(clients.count == 0)
    }

    @Test func `only a literal true announces previews with metadata`() {
        var clients = ClientRegistry<Int>()
        clients.register(1, as: "a")

        clients.announce(["supports_preview_metadata": 1], by: "a")
        #expect(!clients.takesPreviewMetadata("a"))
        clients.announce(["supports_preview_metadata": true], by: "a")
        #expect(clients.takesPreviewMetadata("a"))
        #expect(!clients.takesPreviewMetadata(nil))
    }
}
