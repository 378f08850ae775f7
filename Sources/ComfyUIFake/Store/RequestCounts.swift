/// How often each client asked for something, so that what is drawn for it follows from its own requests and not
/// from the order in which those of several clients arrive.
struct RequestCounts {
    /// Clients remembered; the oldest goes when one more comes.
    static let mostClients = 4096

    private var counts: [String: Int] = [:]
    private var order: [String] = []

    /// The number of this request among the client's, from 0.
    mutating func next(_ client: String) -> Int {
        if let count = counts[client] {
            counts[client] = count + 1
            return count
        }
        if order.count >= RequestCounts.mostClients { counts[order.removeFirst()] = nil }
        order.append(client)
        counts[client] = 1
        return 0
    }
}
