import SocketServer

/// Starts a server with a certificate on a free port and a loop of its own, runs `body`, stops both.
func withSecureServer<Result>(
    protocols: [ApplicationProtocol]? = nil, configuration: ServerConfiguration = .init(),
    handler: @escaping ExchangeHandler = { exchange in .text(exchange.request.path) },
    _ body: (SocketAddress, TestCertificate) async throws -> Result
) async throws -> Result {
    let certificate = try TestCertificate()
    let loop = try EventLoop(name: "test")
    let server = Server(on: loop, configuration: configuration, handler: handler)
    let outcome: Swift.Result<Result, any Error>
    do {
        let address = try await server.listen(tls: certificate.identity, protocols: protocols)
        outcome = .success(try await body(address, certificate))
    } catch {
        outcome = .failure(error)
    }
    await server.stop()
    await loop.stop()
    return try outcome.get()
}
