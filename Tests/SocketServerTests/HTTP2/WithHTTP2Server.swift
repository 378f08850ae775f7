import SocketServer
import UnderstudyTestKit

/// Starts a server that speaks HTTP/2 without TLS, connects a client to it, runs `body`.
func withHTTP2Server<Result>(
    protocols: [ApplicationProtocol] = [.http2], configuration: ServerConfiguration = .init(), givesWindow: Bool = true,
    window: UInt32 = 65_535,
    handler: @escaping ExchangeHandler, _ body: (HTTP2Client, SocketAddress) async throws -> Result
) async throws -> Result {
    let loop = try EventLoop(name: "test")
    let server = Server(on: loop, configuration: configuration, handler: handler)
    let outcome: Swift.Result<Result, any Error>
    do {
        let address = try await server.listen(protocols: protocols)
        let client = try HTTP2Client(try await RawSocket(address), givesWindow: givesWindow, window: window)
        outcome = .success(try await body(client, address))
    } catch {
        outcome = .failure(error)
    }
    await server.stop()
    await loop.stop()
    return try outcome.get()
}
