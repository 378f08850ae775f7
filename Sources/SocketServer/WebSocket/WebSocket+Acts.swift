/// How a WebSocket does what a ``MessageScreen`` decides.
extension WebSocket {
    /// Does acts that no message asked for, behind what has been sent before and its waits.
    public func perform(_ acts: [WebSocketAct]) {
        guard isOpen else { return }
        outgoingActs().append(acts)
    }

    /// Has the connection misbehave from now on: see ``WireFault``.
    public func impose(_ fault: WireFault) {
        outbox.impose(fault)
    }

    /// Takes all faults off the connection, when what has been written so far has left under them.
    public func liftFaults() {
        outbox.liftFaults()
    }

    func screenedSend(_ message: WebSocketMessage) {
        switch screen?.sending(message) ?? .pass {
        case .pass: outgoingActs().append([.message(message)])
        case .acts(let acts): outgoingActs().append(acts)
        }
    }

    func screenedDeliver(_ message: WebSocketMessage) {
        switch screen?.received(message) ?? .pass {
        case .pass: incomingActs().append([.message(message)])
        case .acts(let acts): incomingActs().append(acts)
        }
        updateReading()
    }

    func answerPing(_ payload: [UInt8]) {
        screen?.control(.ping(payload), fromClient: true)
        switch screen?.answerPing(payload) ?? .pass {
        case .pass:
            writeControl(.pong, payload)
        case .acts(let acts):
            let queue = pongs ?? ActQueue(loop: loop) { [unowned self] act in send(act) }
            pongs = queue
            queue.append(acts)
        }
    }

    private func outgoingActs() -> ActQueue {
        if let outgoing { return outgoing }
        let queue = ActQueue(loop: loop) { [unowned self] act in send(act) }
        outgoing = queue
        return queue
    }

    private func incomingActs() -> ActQueue {
        if let incoming { return incoming }
        let queue = ActQueue(loop: loop) { [unowned self] act in
            if case .message(let message) = act { deliver(message) } else { send(act) }
        }
        incoming = queue
        return queue
    }

    private func send(_ act: WebSocketAct) {
        switch act {
        case .message(.text(let text)): write(.text, Array(text.utf8))
        case .message(.binary(let bytes)): write(.binary, bytes)
        case .raw(let bytes):
            guard canWrite else { return }
            outbox.append { $0.append(contentsOf: bytes) }
        case .wait: break  // The queue's business.
        case .ping(let payload): writeControl(.ping, payload)
        case .pong(let payload): writeControl(.pong, payload)
        case .close(let code, let reason): sendClose(code: code, reason: reason)
        case .abort(let resets): abort(resets: resets)
        case .halfClose:
            mute()
            outbox.whenFlushed { [outbox] in outbox.transport.shutdownOutput() }
        case .mute: mute()
        case .stopReading:
            impose(.stopReading)
        }
    }

    private func mute() {
        isMuted = true
        outgoing?.clear()
        pongs?.clear()
    }
}
