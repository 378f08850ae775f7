/// The answers of an HTTP/1 connection: heads and bodies as bytes in its outbox.
extension HTTPConnection: ExchangeCarrier {
    var isOpen: Bool { outbox.isOpen }

    func sendInterim(status: Int, headers: HeaderFields) {
        outbox.append { output in
            output.append(contentsOf: "HTTP/1.1 \(status) \(StatusPhrase.of(status))\r\n".utf8)
            headers.write(into: &output)
            ResponseHead.endLine(&output)
        }
    }

    func send(_ reply: Reply, body: [UInt8], for exchange: Exchange) {
        guard self.exchange === exchange else { return }
        willAnswer(exchange)
        if exchange.request.method == "CONNECT" { keepsAlive = false }
        if reply.closes { keepsAlive = false }
        send(reply, body: body, version: exchange.request.version, isHead: exchange.request.method == "HEAD")
        if reply.breaksOff { keepsAlive = false }
    }

    /// The answer to a request that cannot be read: of its version nothing is known.
    func send(fault reply: Reply, body: [UInt8]) {
        var style = server.configuration.style
        guard style.faultsAreBare else { return send(reply, body: body, version: .http10, isHead: false) }
        (style.leading, style.trailing) = ([], [])
        outbox.append { output in
            ResponseHead.write(reply, framing: .untilClose, closes: true, style: style, date: [], into: &output)
            output.append(contentsOf: body)
        }
    }

    /// From here on nothing may precede the head. A client that still waits for its 100 Continue may send the body
    /// or not: only closing tells the next request from it (RFC 9110 section 10.1.1).
    private func willAnswer(_ exchange: Exchange) {
        exchange.hasBegunAnswer = true
        if owesContinue {
            owesContinue = false
            keepsAlive = false
        }
    }

    private func send(_ reply: Reply, body: [UInt8], version: HTTPVersion, isHead: Bool) {
        let hasBody = !(reply.status < 200 || reply.status == 204 || reply.status == 304)
        outbox.append { output in
            output.reserveCapacity(output.count + 512 + body.count)
            ResponseHead.write(
                reply, framing: hasBody ? .length(body.count) : .none, closes: !keepsAlive, version: version,
                style: server.configuration.style, date: server.date(), into: &output)
            if hasBody, !isHead { output.append(contentsOf: body) }
        }
    }

    func begin(_ reply: Reply, for exchange: Exchange) -> Bool {
        guard self.exchange === exchange else { return false }
        willAnswer(exchange)
        let request = exchange.request
        let hasBody = !(reply.status < 200 || reply.status == 204 || reply.status == 304)
        let isFramed = reply.headers.contains("content-length")
        if reply.closes || (request.version == .http10 && !isFramed && hasBody) { keepsAlive = false }
        isChunked = hasBody && !isFramed && request.version != .http10
        outbox.append { output in
            ResponseHead.write(
                reply, framing: isChunked ? .chunked : .untilClose, closes: !keepsAlive, version: request.version,
                style: server.configuration.style, date: server.date(), into: &output)
        }
        return hasBody && request.method != "HEAD"
    }

    func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        outbox.append { output in
            if isChunked { Self.beginChunk(bytes.count, &output) }
            output.append(contentsOf: bytes)
            if isChunked { ResponseHead.endLine(&output) }
        }
    }

    func write(_ text: String) {
        let count = text.utf8.count
        guard count > 0 else { return }
        outbox.append { output in
            if isChunked { Self.beginChunk(count, &output) }
            output.append(contentsOf: text.utf8)
            if isChunked { ResponseHead.endLine(&output) }
        }
    }

    func writeRaw(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        outbox.append { $0.append(contentsOf: bytes) }
    }

    func beginRaw(for exchange: Exchange) -> Bool {
        guard self.exchange === exchange else { return false }
        willAnswer(exchange)
        keepsAlive = false
        isChunked = false
        return true
    }

    var hasRoom: Bool { outbox.hasRoom }

    var isReady: Bool { outbox.isOpen && outbox.hasRoom }

    func waitForRoom() async {
        await outbox.waitForRoom()
    }

    func end() {
        if isChunked { outbox.append { $0.append(contentsOf: "0\r\n\r\n".utf8) } }
    }

    func impose(_ fault: WireFault) { outbox.impose(fault) }

    func liftFaults() { outbox.liftFaults() }

    func halfClose() {
        keepsAlive = false
        outbox.whenFlushed { [unowned self] in transport.shutdownOutput() }
    }

    func hold() { isHeld = true }

    func abort(resets: Bool) {
        switch phase {
        case .closed, .upgraded: return
        default: break
        }
        keepsAlive = false
        if resets {
            outbox.flush()
            transport.reset()
        } else {
            outbox.whenFlushed { [unowned self] in transport.close() }
        }
    }

    func upgrade(_ options: WebSocketOptions, headers: HeaderFields, for exchange: Exchange) -> WebSocket? {
        guard case .answering = phase, self.exchange === exchange, transport.isOpen,
            let handshake = WebSocketHandshake(request: exchange.request, options: options)
        else { return nil }
        let reply = Reply(status: 101, headers: handshake.headers(extra: headers))
        outbox.append { output in
            ResponseHead.write(
                reply, framing: .none, closes: false, style: server.configuration.style, date: server.date(),
                into: &output)
        }
        phase = .upgraded
        expect(within: nil)
        let socket = WebSocket(
            outbox: outbox, loop: server.loop, options: options, deflate: handshake.deflate,
            onClose: { [self] in closed() })
        transport.handler = socket
        let rest = input
        input = []
        if !rest.isEmpty { socket.received(rest) }
        return socket
    }

    private static func beginChunk(_ count: Int, _ output: inout [UInt8]) {
        var shift = count >= 0x10_0000 ? 60 : 16
        while shift > 0, count >> shift & 0xF == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = UInt8(count >> shift & 0xF)
            output.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        ResponseHead.endLine(&output)
    }
}

extension Exchange {
    /// The client is gone: ends the handler and whoever waits for the body.
    func leave() {
        isDisconnected = true
        requestBody.fail(.disconnected)
        task?.cancel()
        onCancel?(true)
    }

    /// Ends the handler.
    func cancel() {
        task?.cancel()
        onCancel?(false)
    }
}
