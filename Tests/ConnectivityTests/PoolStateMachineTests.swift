import Testing

@testable import Connectivity

struct PoolStateMachineTests {
    private let start = ContinuousClock.now

    private func make(
        maximum: Int = 2, minimum: Int = 0, idleTimeout: Duration = .seconds(300), lifetime: Duration? = nil
    ) -> PoolStateMachine {
        PoolStateMachine(
            settings: PoolSettings(maximum: maximum, minimum: minimum, idleTimeout: idleTimeout, lifetime: lifetime),
            random: SeededGenerator(seed: 7))
    }

    /// Stands in line and has the connections made that are ordered.
    private func take(_ machine: inout PoolStateMachine) -> PoolStateMachine.Lease {
        switch machine.acquire(at: machine.reserve()) {
        case .leased(let lease): return lease
        case .closed: preconditionFailure("the pool is shut down")
        case .wait(let orders):
            for id in orders.connect {
                if let served = machine.connected(id, at: start).served.first { return served.lease }
            }
            preconditionFailure("the pool has no connection left")
        }
    }

    /// Stands in line; the place.
    private func stand(_ machine: inout PoolStateMachine) -> Int {
        let place = machine.reserve()
        _ = machine.acquire(at: place)
        return place
    }

    @Test func `connection pooling: the one released last is the next handed out`() throws {
        var machine = make()
        let first = take(&machine)
        let second = take(&machine)
        _ = machine.release(first, at: start)
        _ = machine.release(second, at: start)

        let lent = [machine.takeIdle(), machine.takeIdle(), machine.takeIdle()]

        #expect(lent.map { $0?.connection } == [second.connection, first.connection, nil])
    }

    @Test func `pool size limits: never more than the maximum is ordered`() throws {
        var machine = make(maximum: 3)
        var ordered = 0
        for _ in 0..<10 {
            if case .wait(let orders) = machine.acquire(at: machine.reserve()) { ordered += orders.connect.count }
        }

        #expect(ordered == 3)
        #expect(machine.count == 3)
        #expect(machine.waitingCount == 10)
    }

    @Test func `waiters are served first come, first served`() throws {
        var machine = make(maximum: 1)
        let lease = take(&machine)
        let places = [stand(&machine), stand(&machine), stand(&machine)]

        var served: [Int] = []
        var current = lease
        for _ in places {
            let orders = machine.release(current, at: start)
            let next = try #require(orders?.served.first)
            served.append(next.waiter)
            current = next.lease
        }

        #expect(served == places)
    }

    @Test func `whoever reserved first comes first, even if it stands later`() throws {
        var machine = make(maximum: 1)
        let held = take(&machine)
        let early = machine.reserve()
        let late = stand(&machine)
        _ = machine.acquire(at: early)

        let served1 = machine.release(held, at: start)?.served.first?.waiter
        #expect(served1 == early)
        let hasLeft = machine.giveUp(late)
        #expect(hasLeft)
    }

    @Test func `a waiter that gives up leaves no trace`() throws {
        var machine = make(maximum: 1)
        let held = take(&machine)
        let impatient = stand(&machine)
        let patient = stand(&machine)

        let answers = [machine.giveUp(impatient), machine.giveUp(impatient)]

        #expect(answers == [true, false])
        #expect(machine.waitingCount == 1)
        let served2 = machine.release(held, at: start)?.served.map(\.waiter)
        #expect(served2 == [patient])
        #expect(machine.waitingCount == 0)
    }

    @Test func `a lease that is over gives back nothing`() throws {
        var machine = make()
        let old = take(&machine)
        _ = machine.release(old, at: start)
        let givenNew = machine.takeIdle()
        let new = try #require(givenNew)

        #expect(new.connection == old.connection)
        #expect(machine.release(old, at: start) == nil)
        #expect(machine.leasedCount == 1)
    }

    @Test func `a connection that is not fit for another is closed and replaced for who waits`() throws {
        var machine = make(maximum: 1)
        let held = take(&machine)
        _ = stand(&machine)

        let givenOrders = machine.release(held, isReusable: false, at: start)
        let orders = try #require(givenOrders)

        #expect(orders.close == [held.connection])
        #expect(orders.connect.count == 1)
    }

    @Test func `failure to connect: the first in line learns it, the next gets an attempt`() {
        var machine = make(maximum: 1)
        let first = machine.reserve()
        guard case .wait(let orders) = machine.acquire(at: first) else { return #expect(Bool(false)) }
        _ = stand(&machine)

        let after = machine.connectFailed(orders.connect[0])

        #expect(after.refused == first)
        #expect(after.connect.count == 1)
        #expect(machine.connectFailed(99) == PoolStateMachine.Orders())
    }

    @Test func `death while idle: it is not handed out, and the minimum is kept`() throws {
        var machine = make(minimum: 1)
        let id = machine.fill().connect[0]
        _ = machine.connected(id, at: start)

        let orders = machine.died(id)

        #expect(machine.takeIdle() == nil)
        #expect(orders.connect.count == 1)
        #expect(machine.died(id) == PoolStateMachine.Orders())
    }

    @Test func `death while leased: its place is free for another`() throws {
        var machine = make(maximum: 1)
        let held = take(&machine)
        _ = stand(&machine)

        let orders = machine.died(held.connection)

        #expect(orders.connect.count == 1)
        #expect(machine.release(held, at: start) == nil)
    }

    @Test func `death while connecting: what comes of it is closed`() {
        var machine = make(minimum: 1)
        let id = machine.fill().connect[0]
        _ = machine.died(id)

        #expect(machine.connected(id, at: start).close == [id])
        #expect(machine.connectingCount == 1)
    }

    @Test func `idle timeout: the one idle longest goes first, down to the minimum`() throws {
        var machine = make(maximum: 3, minimum: 1, idleTimeout: .seconds(300))
        let leases = (0..<3).map { _ in take(&machine) }
        for (second, lease) in leases.enumerated() { _ = machine.release(lease, at: start + .seconds(second)) }

        #expect(machine.cleanUp(at: start + .seconds(299)).close.isEmpty)
        let orders = machine.cleanUp(at: start + .seconds(400))

        #expect(orders.close == leases[..<2].map(\.connection))
        #expect(machine.count == 1)
    }

    @Test func `lifetime: who is too old is replaced, a little before its time and only when idle`() throws {
        var machine = make(maximum: 1, minimum: 1, lifetime: .seconds(100))
        let old = take(&machine)
        #expect(machine.cleanUp(at: start + .seconds(101)).close.isEmpty)

        let givenOrders = machine.release(old, at: start + .seconds(101))
        let orders = try #require(givenOrders)

        #expect(orders.close == [old.connection])
        #expect(orders.connect.count == 1)
        _ = machine.connected(orders.connect[0], at: start)
        #expect(machine.cleanUp(at: start + .seconds(89)).close.isEmpty)
        #expect(machine.cleanUp(at: start + .seconds(100)).close == orders.connect)
    }

    @Test func `check: who is asked whether it lives is lent to nobody meanwhile`() throws {
        var machine = make(minimum: 2)
        for id in machine.fill().connect { _ = machine.connected(id, at: start) }

        let asked = machine.checkIdle().check

        #expect(asked.count == 2)
        #expect(machine.takeIdle() == nil)
        let place = stand(&machine)
        #expect(machine.checked(asked[0], isAlive: true).served.map(\.waiter) == [place])
        let orders = machine.checked(asked[1], isAlive: false)
        #expect(orders.close == [asked[1]])
        #expect(orders.connect.count == 1)
        #expect(machine.checked(asked[1], isAlive: true) == PoolStateMachine.Orders())
    }

    @Test func `shutdown: who waits is sent away, what is idle is closed, what is lent when it comes back`() throws {
        var machine = make(maximum: 2)
        let first = take(&machine)
        let second = take(&machine)
        let place = stand(&machine)
        _ = machine.died(second.connection)

        let (orders, waiters) = machine.shutDown()

        #expect(waiters == [place])
        #expect(orders.close.isEmpty)
        #expect(machine.acquire(at: machine.reserve()) == .closed)
        let served3 = machine.release(first, at: start)?.close
        #expect(served3 == [first.connection])
        #expect(machine.count == 0)
        #expect(machine.fill() == PoolStateMachine.Orders())
    }

    @Test(arguments: 0..<20)
    func `whatever happens, the counts hold`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = make(maximum: 4, minimum: 1, lifetime: .seconds(50))
        var leases: [PoolStateMachine.Lease] = []
        var connecting: [Int] = []
        var checking: [Int] = []
        var waiting: [Int] = []
        var now = start
        func obey(_ orders: PoolStateMachine.Orders) {
            leases += orders.served.map(\.lease)
            waiting.removeAll { place in orders.served.contains { $0.waiter == place } || orders.refused == place }
            connecting += orders.connect
            checking += orders.check
        }
        for _ in 0..<2000 {
            now += .seconds(1)
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                let place = machine.reserve()
                switch machine.acquire(at: place) {
                case .leased(let lease): leases.append(lease)
                case .closed: break
                case .wait(let orders):
                    waiting.append(place)
                    obey(orders)
                }
            case 2, 3:
                guard let lease = leases.popLast() else { continue }
                obey(machine.release(lease, isReusable: .random(using: &random), at: now) ?? .init())
            case 4 where !connecting.isEmpty: obey(machine.connected(connecting.removeFirst(), at: now))
            case 5 where !connecting.isEmpty: obey(machine.connectFailed(connecting.removeFirst()))
            case 6:
                guard let lease = leases.randomElement(using: &random) else { continue }
                obey(machine.died(lease.connection))
            case 7:
                for id in checking { obey(machine.checked(id, isAlive: .random(using: &random))) }
                checking = []
                obey(machine.checkIdle())
            default:
                if let place = waiting.popLast() {
                    let hasLeft = machine.giveUp(place)
                    #expect(hasLeft)
                }
                obey(machine.cleanUp(at: now))
            }
            #expect(machine.count <= 4)
            #expect(machine.waitingCount == waiting.count)
            #expect(machine.connectingCount == connecting.count)
            #expect(machine.idleCount + machine.leasedCount + machine.connectingCount <= machine.count)
            // Nobody waits while a connection is free.
            #expect(machine.waitingCount == 0 || machine.idleCount == 0)
        }
    }
}
