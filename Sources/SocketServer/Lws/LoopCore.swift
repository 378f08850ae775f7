internal import CLws
internal import Glibc
internal import Synchronization

/// Contexts must be made and destroyed one at a time in a process: the event-loop plugin is opened anew for each.
private let contextLock = Mutex(())

/// The library's last complaint: it returns nothing but nil when it cannot make a context.
private let complaint = Mutex("")

/// The libuv loop and the libwebsockets context of one event loop.
///
/// Lives on the loop's thread, but for `init` (before the thread exists) and `wake` (thread-safe by libuv's word).
/// The loop is ours and lent to libwebsockets: so signals stay the program's own, and one `uv_run` is one heartbeat.
@safe final class LoopCore: @unchecked Sendable {
    // @unchecked: see above; all else is the loop thread's.
    let loop: UnsafeMutablePointer<uv_loop_t>
    private(set) var context: OpaquePointer?
    /// The vhost of all connections.
    private(set) var vhost: Vhost?
    private let protocols: ProtocolTable
    private let async: UnsafeMutablePointer<uv_async_t>
    private let alarm: Alarm
    private let prepare: UnsafeMutablePointer<uv_prepare_t>
    /// The handles that are there while no socket is.
    private(set) var handlesOfItsOwn = 0

    var onWake: () -> Void = {}
    var onTimer: () -> Void = {}
    /// Whether there is work, so that the thread must not wait for more.
    var hasWork: () -> Bool = { false }

    init() throws(SocketServerError) {
        unsafe loop = .allocate(capacity: 1)
        unsafe async = .allocate(capacity: 1)
        unsafe prepare = .allocate(capacity: 1)
        protocols = ProtocolTable()
        guard unsafe uv_loop_init(loop) == 0, let alarm = unsafe Alarm(loop: loop) else {
            throw SocketServerError(.loopUnavailable, "cannot make a libuv loop: out of descriptors?")
        }
        self.alarm = alarm
        unsafe uv_async_init(loop, async) { handle in
            unsafe LoopCore.of(handle!.pointee.data).onWake()
        }
        unsafe uv_prepare_init(loop, prepare)
        // Unretained: the handles are closed in `destroy`, before this object can go.
        unsafe async.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        alarm.onRing = { [unowned self] in onTimer() }
        unsafe prepare.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        // libuv calls timers that are due before it waits for sockets, too. What they set going would lie there until
        // something else happens; a loop that is to stop does not wait (`uv_backend_timeout`), and goes on all the same.
        unsafe uv_prepare_start(prepare) { handle in
            let core = unsafe LoopCore.of(handle!.pointee.data)
            if core.hasWork() { unsafe uv_stop(core.loop) }
        }
        unsafe context = nil
        makeContext()
        guard unsafe context != nil else {
            closeLoop()
            let reason = complaint.withLock { $0 }
            throw SocketServerError(
                .loopUnavailable,
                "cannot make a libwebsockets context on libuv (is libwebsockets-evlib-uv installed?): \(reason)")
        }
        vhost = makeVhost()
        handlesOfItsOwn = handleCount()
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> LoopCore {
        unsafe Unmanaged<LoopCore>.fromOpaque(data!).takeUnretainedValue()
    }

    private func makeContext() {
        unsafe lws_set_log_level(Int32(LLL_ERR) | Int32(LLL_WARN)) { _, line in
            guard let line = unsafe line else { return }
            let text = unsafe String(cString: line)
            complaint.withLock { $0 = text }
        }
        var info = unsafe lws_context_creation_info()
        unsafe info.port = -1  // CONTEXT_PORT_NO_LISTEN: listening sockets are ours.
        unsafe info.options = understudy_lws_option_libuv() | understudy_lws_option_explicit_vhosts()
        unsafe info.pt_serv_buf_size = 64 * 1024
        unsafe info.gid = -1
        unsafe info.uid = -1
        var loops: [UnsafeMutableRawPointer?] = unsafe [UnsafeMutableRawPointer(loop)]
        unsafe loops.withUnsafeMutableBufferPointer { loops in
            unsafe info.foreign_loops = loops.baseAddress
            contextLock.withLock { _ in unsafe context = lws_create_context(&info) }
        }
    }

    private func makeVhost() -> Vhost? {
        var info = unsafe lws_context_creation_info()
        unsafe info.port = -1
        unsafe info.protocols = UnsafePointer(protocols.pointer)
        let pointer = unsafe "plain".withCString { name in
            unsafe info.vhost_name = unsafe name
            return unsafe lws_create_vhost(context, &info)
        }
        return unsafe pointer.map { unsafe Vhost(pointer: $0) }
    }

    func wake() {
        unsafe uv_async_send(async)
    }

    /// Waits for something to happen (or just looks), and has it handled.
    func runOnce(waits: Bool) {
        unsafe uv_run(loop, waits ? UV_RUN_ONCE : UV_RUN_NOWAIT)
    }

    /// Sets the one timer of the system that stands for all of ours, so many of which were due when it rang last.
    func setTimer(_ deadline: ContinuousClock.Instant?, together: Int = 0) {
        if let deadline { alarm.set(deadline, together: together) } else { alarm.stop() }
    }

    /// Frees everything. The loop is run until its last handle is closed, as libwebsockets wants it with a loop
    /// that is not its own: destroy, run dry, destroy again.
    func destroy() {
        closeHandles()
        contextLock.withLock { _ in unsafe lws_context_destroy(context) }
        for _ in 0..<1000 where unsafe uv_loop_alive(loop) != 0 { unsafe uv_run(loop, UV_RUN_NOWAIT) }
        contextLock.withLock { _ in unsafe lws_context_destroy(context) }
        unsafe context = nil
        closeLoop()
    }

    private func closeHandles() {
        unsafe uv_close(understudy_uv_handle_of_async(async), nil)
        alarm.close()
        unsafe uv_close(understudy_uv_handle_of_prepare(prepare), nil)
    }

    private func closeLoop() {
        if unsafe context == nil, unsafe uv_is_closing(understudy_uv_handle_of_async(async)) == 0 {
            closeHandles()
        }
        while unsafe uv_run(loop, UV_RUN_DEFAULT) != 0 {}
        let result = unsafe uv_loop_close(loop)
        // A handle left open would be a leak in this folder: better loud than slow.
        assert(result == 0, "the libuv loop still has handles")
        unsafe loop.deallocate()
        unsafe async.deallocate()
        alarm.free()
        unsafe prepare.deallocate()
    }
}

/// A set of protocols. Lives as long as its context.
@safe struct Vhost {
    let pointer: OpaquePointer
}

/// The table of protocols, in memory that outlives the call: libwebsockets keeps the pointer.
@safe private final class ProtocolTable {
    let pointer: UnsafeMutablePointer<lws_protocols>
    private let name: UnsafeMutablePointer<CChar>

    init() {
        unsafe name = strdup(Transport.protocolName)
        unsafe pointer = .allocate(capacity: 2)
        unsafe pointer.initialize(repeating: lws_protocols(), count: 2)
        unsafe pointer.pointee.name = UnsafePointer(name)
        unsafe pointer.pointee.callback = unsafe transportCallback
    }

    deinit {
        unsafe pointer.deallocate()
        unsafe free(name)
    }
}
