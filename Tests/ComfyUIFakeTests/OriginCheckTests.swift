import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct OriginCheckTests {
    @Test(
        arguments: [
            ("127.0.0.1:8188", "http://127.0.0.1:8188", nil, false),
            ("127.0.0.1:8188", "http://localhost:8188", nil, true),
            ("127.0.0.1:8188", "http://evil.example", nil, true),
            ("127.0.0.1:8188", "http://127.0.0.1", nil, false),
            ("127.0.0.1", "http://127.0.0.1:9", nil, false),
            ("127.0.0.1:8188", "http://127.0.0.1:8189", nil, true),
            ("127.0.0.1:8188", "null", nil, false),
            ("127.0.0.1:8188", nil, nil, false),
            ("127.0.0.1:8188", nil, "cross-site", true),
            ("127.0.0.1:8188", nil, "same-site", false),
            ("example.com", "http://evil.example", nil, false),
            ("LOCALHOST:1", "http://localhost:1", nil, false),
            ("[::1]:8188", "http://[::1]:8188", nil, false),
            ("127.9.9.9:1", "http://a.example:1", nil, true),
        ] as [(String, String?, String?, Bool)])
    func `pages of other origins are refused on loopback`(host: String, origin: String?, site: String?, refused: Bool) {
        #expect(OriginCheck.refuses(host: host, origin: origin, fetchSite: site) == refused)
    }
}
