import Glibc
import SocketServer
import Synchronization
import Testing

/// In a process of its own, since a descriptor lost here would be another test's.
@Suite struct ForeignDescriptorsTests {
    @Test func `loops that come and go close no descriptor of anybody else`() async {
        await #expect(processExitsWith: .success) {
            let isOver = Atomic(false)
            async let watched: Void = Self.openAndClose(until: isOver)
            for _ in 0..<100 {
                let loop = try EventLoop(name: "passing")
                await loop.stop()
            }
            isOver.store(true, ordering: .relaxed)
            await watched
        }
    }

    /// Opens descriptors as fast as it can, to get the numbers that loops have just given back.
    @concurrent private static func openAndClose(until isOver: borrowing Atomic<Bool>) async {
        while !isOver.load(ordering: .relaxed) {
            let descriptors = (0..<32).map { _ in unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
            for descriptor in descriptors { precondition(close(descriptor) == 0, "somebody closed \(descriptor)") }
        }
    }
}
