internal import CLws
internal import Glibc

/// The one timer of the system that stands for all timers of a loop: a timerfd among the loop's sockets.
///
/// libuv's own timers count whole milliseconds, rounded up, from a time that was read some time ago: a wait of 20 ms
/// lasts 21. This one is as exact as the kernel's timers, some 50 µs.
@safe final class Alarm {
    private let descriptor: Int32
    private let poll: UnsafeMutablePointer<uv_poll_t>
    /// When it rings next. Never later than what was asked for, but maybe earlier: see `set`.
    private var deadline: ContinuousClock.Instant?

    /// Nanoseconds that it rings later than it could, so that timers a little apart are one turn of the loop: of 1,000
    /// streams with 20 events a second each, hardly two are due at once. Of 5,000 ten are within such a time, and to wait
    /// for fifty costs a tenth less of everything, on both sides of the sockets.
    private static let company: (few: Int64, many: Int64) = (100_000, 500_000)
    /// So many timers at once are many.
    private static let crowd = 4

    var onRing: () -> Void = {}

    /// In this loop; nil if the system has no descriptor left.
    init?(loop: UnsafeMutablePointer<uv_loop_t>) {
        descriptor = understudy_alarm()
        unsafe poll = .allocate(capacity: 1)
        guard descriptor >= 0, unsafe uv_poll_init(loop, poll, descriptor) == 0 else {
            unsafe poll.deallocate()
            if descriptor >= 0 { _ = Glibc.close(descriptor) }
            return nil
        }
        // Unretained: the handle is closed before this object can go.
        unsafe poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { handle, _, _ in
            unsafe Unmanaged<Alarm>.fromOpaque(handle!.pointee.data).takeUnretainedValue().rang()
        }
    }

    /// Has it ring at that time.
    ///
    /// - Parameter together: how many timers were due when it rang last.
    ///
    /// One that would ring earlier is left as it is: most timers are the patience with an idle client, put off with
    /// every request; to ring once too often now and then costs less than a system call each time.
    func set(_ deadline: ContinuousClock.Instant, together: Int) {
        if let earlier = self.deadline, earlier <= deadline { return }
        self.deadline = deadline
        let left = ContinuousClock.now.duration(to: deadline).components
        // Whatever is asked for: after eleven days it is simply set again.
        let seconds = min(left.seconds, 1_000_000)
        let company = together < Self.crowd ? Self.company.few : Self.company.many
        understudy_alarm_set(descriptor, max(0, seconds * 1_000_000_000 + left.attoseconds / 1_000_000_000) + company)
    }

    func stop() {
        guard deadline != nil else { return }
        deadline = nil
        understudy_alarm_set(descriptor, 0)
    }

    /// Takes it out of its loop, which has to be run once more before `free`.
    func close() {
        unsafe uv_poll_stop(poll)
        unsafe uv_close(understudy_uv_handle_of_poll(poll), nil)
    }

    /// When the loop has let go of it.
    func free() {
        _ = Glibc.close(descriptor)
        unsafe poll.deallocate()
    }

    private func rang() {
        // Until it is set anew or read it would go on ringing.
        var count: UInt64 = 0
        guard unsafe read(descriptor, &count, 8) == 8 else { return }
        deadline = nil
        onRing()
    }
}
