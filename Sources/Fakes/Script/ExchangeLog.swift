internal import Journal
internal import Logging
internal import SocketServer

/// A line for each exchange as it is answered: what `--verbose` asks for.
struct ExchangeLog: Sendable {
    let logger: Logger

    func log(_ exchange: Exchange, _ reply: Reply, _ outcome: ExchangeOutcome) {
        let word =
            switch reply.body {
            case .webSocket: "WebSocket"
            case .abort, .close, .raw: "hung up"
            default: "\(reply.status)"
            }
        logger.info("\(exchange.request.method) \(exchange.request.target) \(word)")
    }
}
