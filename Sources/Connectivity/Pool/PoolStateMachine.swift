/// Decides which connection goes to whom, which are made and which are closed.
///
/// ```
///  connecting ──▶ idle ◀──▶ leased
///      │          │  ▲         │
///      ▼          ▼  └ checking│
///    (gone)     (gone) ◀───────┘
/// ```
/// Pure: events in, ``Orders`` out; numbers stand for connections and waiters. A connection that is ordered closed, or has
/// died, is gone from here at once, so that a new one may take its place.
struct PoolStateMachine {
    typealias ConnectionID = Int

    /// What the pool is to do now, in this order.
    struct Orders: Equatable {
        /// These waiters, by their places, get these connections.
        var served: [Served] = []
        /// This waiter's connection could not be made.
        var refused: Int?
        var close: [ConnectionID] = []
        var connect: [ConnectionID] = []
        var check: [ConnectionID] = []
    }

    struct Served: Equatable {
        var waiter: Int
        var lease: Lease
    }

    /// A connection that somebody uses. The number is never used again: an old lease cannot give back what is another's.
    struct Lease: Hashable, Sendable {
        let connection: ConnectionID
        let number: Int
    }

    enum Acquisition: Equatable {
        case leased(Lease)
        /// None is free; `orders` may ask for one.
        case wait(Orders)
        case closed
    }

    private enum Condition: Equatable {
        case connecting
        case idle(since: ContinuousClock.Instant)
        /// Asked whether it lives; idle since then.
        case checking(since: ContinuousClock.Instant)
        case leased(number: Int)
    }

    private struct Connection {
        var condition: Condition
        /// When it is to be replaced; nil for never.
        var expiry: ContinuousClock.Instant?
    }

    let settings: PoolSettings
    private(set) var isShutDown = false
    private var connections: [ConnectionID: Connection] = [:]
    /// The last one is the one released last, and the next to be handed out.
    private var idle: [ConnectionID] = []
    private var line = WorkLine<Int>()
    private var connecting = 0
    private var nextConnection = 0
    private var nextLease = 0
    private var random: SeededGenerator

    init(settings: PoolSettings, random: SeededGenerator = SeededGenerator()) {
        self.settings = settings
        self.random = random
    }

    /// All connections, those being made included.
    var count: Int { connections.count }
    var idleCount: Int { idle.count }
    var connectingCount: Int { connecting }
    var waitingCount: Int { line.count }
    var leasedCount: Int { connections.values.count { if case .leased = $0.condition { true } else { false } } }
}

// MARK: Those who use connections

extension PoolStateMachine {
    /// A place in the line, behind all that were reserved before.
    mutating func reserve() -> Int { line.reserve() }

    /// Takes a connection that is free, if nobody waits for one.
    mutating func takeIdle() -> Lease? {
        guard !isShutDown, line.isEmpty, let connection = idle.popLast() else { return nil }
        return lease(connection)
    }

    /// Takes a connection, or stands in line at a place that has been reserved.
    mutating func acquire(at place: Int) -> Acquisition {
        if isShutDown { return .closed }
        if let lease = takeIdle() { return .leased(lease) }
        line.stand(place, at: place)
        var orders = Orders()
        growForLine(&orders)
        return .wait(orders)
    }

    /// The waiter has given up; false if it was served or refused in the meantime.
    mutating func giveUp(_ place: Int) -> Bool {
        line.leave(place) != nil
    }

    /// - Parameter isReusable: whether the connection is fit for another.
    /// - Returns: nil if this lease is over already.
    mutating func release(_ lease: Lease, isReusable: Bool = true, at now: ContinuousClock.Instant) -> Orders? {
        guard connections[lease.connection]?.condition == .leased(number: lease.number) else { return nil }
        var orders = Orders()
        if isShutDown || !isReusable || hasExpired(lease.connection, now) {
            remove(lease.connection, &orders)
        } else {
            offer(lease.connection, since: now, &orders)
        }
        return orders
    }
}

// MARK: What becomes of connections

extension PoolStateMachine {
    mutating func connected(_ id: ConnectionID, at now: ContinuousClock.Instant) -> Orders {
        var orders = Orders()
        guard connections[id]?.condition == .connecting else {
            // Not wanted any more.
            orders.close = [id]
            return orders
        }
        connecting -= 1
        if let lifetime = settings.lifetime {
            let part = settings.lifetimeJitter > 0 ? Double.random(in: 0...settings.lifetimeJitter, using: &random) : 0
            connections[id]?.expiry = now + lifetime * (1 - part)
        }
        offer(id, since: now, &orders)
        return orders
    }

    /// Making a connection failed: the first in line learns it, the others get another attempt.
    mutating func connectFailed(_ id: ConnectionID) -> Orders {
        var orders = Orders()
        guard connections[id]?.condition == .connecting else { return orders }
        connecting -= 1
        connections[id] = nil
        orders.refused = line.popFirst()
        growForLine(&orders)
        return orders
    }

    /// The connection has ended, idle or leased; the lease, if any, is over.
    mutating func died(_ id: ConnectionID) -> Orders {
        var orders = Orders()
        guard let connection = connections[id] else { return orders }
        if connection.condition == .connecting { connecting -= 1 }
        connections[id] = nil
        idle.removeAll { $0 == id }
        grow(&orders)
        return orders
    }

    mutating func checked(_ id: ConnectionID, isAlive: Bool) -> Orders {
        var orders = Orders()
        guard case .checking(let since)? = connections[id]?.condition else { return orders }
        if isAlive && !isShutDown { offer(id, since: since, &orders) } else { remove(id, &orders) }
        return orders
    }
}

// MARK: Keeping house

extension PoolStateMachine {
    /// Makes connections up to the minimum.
    mutating func fill() -> Orders {
        var orders = Orders()
        grow(&orders)
        return orders
    }

    /// Closes what has been idle or has lived too long, and keeps the minimum.
    mutating func cleanUp(at now: ContinuousClock.Instant) -> Orders {
        var orders = Orders()
        for id in idle where hasExpired(id, now) { remove(id, &orders) }
        // From the one that has been idle longest.
        for id in idle where count > settings.minimum {
            guard case .idle(let since)? = connections[id]?.condition, now - since >= settings.idleTimeout else {
                continue
            }
            remove(id, &orders)
        }
        grow(&orders)
        return orders
    }

    /// Takes the idle connections aside to ask each whether it lives.
    mutating func checkIdle() -> Orders {
        var orders = Orders()
        orders.check = idle
        for id in idle {
            guard case .idle(let since)? = connections[id]?.condition else { continue }
            connections[id]?.condition = .checking(since: since)
        }
        idle = []
        return orders
    }

    /// Serves nobody any more; leased connections are closed when they come back.
    /// - Returns: the orders, and the places of those who waited in vain.
    mutating func shutDown() -> (Orders, waiters: [Int]) {
        isShutDown = true
        var orders = Orders()
        for id in idle { remove(id, &orders) }
        for (id, connection) in connections where connection.condition == .connecting { connections[id] = nil }
        connecting = 0
        return (orders, line.removeAll())
    }
}

// MARK: Parts

extension PoolStateMachine {
    private mutating func lease(_ id: ConnectionID) -> Lease {
        nextLease += 1
        connections[id]?.condition = .leased(number: nextLease)
        return Lease(connection: id, number: nextLease)
    }

    /// To the first in line, else on top of the idle ones.
    private mutating func offer(_ id: ConnectionID, since: ContinuousClock.Instant, _ orders: inout Orders) {
        if let waiter = line.popFirst() {
            orders.served.append(Served(waiter: waiter, lease: lease(id)))
        } else {
            connections[id]?.condition = .idle(since: since)
            idle.append(id)
        }
    }

    private mutating func remove(_ id: ConnectionID, _ orders: inout Orders) {
        connections[id] = nil
        idle.removeAll { $0 == id }
        orders.close.append(id)
        grow(&orders)
    }

    private mutating func grow(_ orders: inout Orders) {
        growForLine(&orders)
        while !isShutDown, count < min(settings.minimum, settings.maximum) { connect(&orders) }
    }

    /// One connection for each who waits, as far as the maximum lets.
    private mutating func growForLine(_ orders: inout Orders) {
        while !isShutDown, connecting < line.count, count < settings.maximum { connect(&orders) }
    }

    private mutating func connect(_ orders: inout Orders) {
        nextConnection += 1
        connections[nextConnection] = Connection(condition: .connecting)
        connecting += 1
        orders.connect.append(nextConnection)
    }

    private func hasExpired(_ id: ConnectionID, _ now: ContinuousClock.Instant) -> Bool {
        connections[id]?.expiry.map { now >= $0 } ?? false
    }
}
