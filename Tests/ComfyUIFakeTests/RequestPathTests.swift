import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct RequestPathTests {
    @Test func `only what needs no escape is unescaped`() {
        #expect(RequestPath.normalised("/%71ueue") == "/queue")
        #expect(RequestPath.normalised("/userdata/a%2Fb%20c") == "/userdata/a%2Fb%20c")
        #expect(RequestPath.normalised("/a%zz%4") == "/a%zz%4")
    }
}
