/// An address that is listened on, or was and will be.
struct Listening {
    private(set) var address: SocketAddress
    let acceptor: Acceptor
    let sharesPort: Bool
    var listener: Listener?

    /// The first time takes the port that the system gives, if none was asked for; later ones that same port.
    mutating func open(core: LoopCore) throws(SocketServerError) {
        let listener = try Listener(address, core: core, sharesPort: sharesPort) { [acceptor] descriptor, peer, local in
            acceptor.accept(descriptor, from: peer, at: local)
        }
        self.listener = listener
        address = listener.address
    }
}
