internal import CLws

/// Signals of the process, heard on an event loop.
///
/// Swift's main thread may be parked with every signal let through, so `sigwait` there would miss them; libuv's
/// handler writes to the loop whichever thread is hit.
public final class Signals: @unchecked Sendable {
    // @unchecked because all stored state is touched only on the loop.
    private let loop: EventLoop
    private var handles: [SignalHandle] = []
    private var received: [Int32] = []
    private var waiter: CheckedContinuation<Int32, Never>?

    /// Begins to hear the signals of these numbers instead of their usual effect.
    public init(_ numbers: [Int32], on loop: EventLoop) {
        self.loop = loop
        loop.onLoop { [self] in
            handles = numbers.map { number in
                SignalHandle(number, core: loop.core) { [self] in
                    if let waiter = waiter.take() { waiter.resume(returning: number) } else { received.append(number) }
                }
            }
        }
    }

    /// The next signal. One caller at a time.
    public func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            loop.onLoop { [self] in
                if received.isEmpty {
                    waiter = continuation
                } else {
                    continuation.resume(returning: received.removeFirst())
                }
            }
        }
    }

    /// Gives the signals their usual effect back. Needed before the loop stops.
    public func cancel() {
        loop.onLoop { [self] in
            for handle in handles { handle.close() }
            handles = []
        }
    }
}

/// One libuv signal handle. Lives on the loop's thread.
@safe private final class SignalHandle {
    private let handle: UnsafeMutablePointer<uv_signal_t>
    private let action: () -> Void

    init(_ number: Int32, core: LoopCore, action: @escaping () -> Void) {
        self.action = action
        unsafe handle = .allocate(capacity: 1)
        unsafe uv_signal_init(core.loop, handle)
        // Retained here, released when libuv has closed the handle.
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        unsafe uv_signal_start(
            handle,
            { handle, _ in
                unsafe Unmanaged<SignalHandle>.fromOpaque(handle!.pointee.data).takeUnretainedValue().action()
            }, number)
    }

    func close() {
        unsafe uv_signal_stop(handle)
        unsafe uv_close(understudy_uv_handle_of_signal(handle)) { handle in
            let owner = unsafe Unmanaged<SignalHandle>.fromOpaque(handle!.pointee.data).takeRetainedValue()
            unsafe owner.handle.deallocate()
        }
    }
}
