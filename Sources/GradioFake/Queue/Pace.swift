/// How long the real server takes for what is no work of the app, at speed 1.
///
/// 6.31.0 with one client, rounded to the millisecond: its recordings, and sockets timed from outside. It matters to
/// clients. `gradio_client` loses a job whose join is answered before the thread that reads the stream has got to the
/// `close_stream` of the jobs before: it takes the job for one of that stream, and gives it up with the stream
/// (`CancelledError`; `Client.send_data` of 2.7.2). The real server is seldom idle between two submits, so that it
/// closes the stream in so bad a moment about once in a thousand submits. One that is always idle does ten times as
/// often.
enum Pace {
    /// From a request to its event.
    static let join = Duration.milliseconds(2)
    /// From the event to its start, with a free worker: the queue looks every millisecond (`Queue.sleep_when_free`).
    static let start = Duration.milliseconds(1)
    /// Around each call of a function: arguments and results to and fro, a thread, the state.
    static let call = Duration.milliseconds(3)
    /// In each call, as its `duration` tells.
    static let function = Duration.milliseconds(1)
    /// From the last completion to `close_stream`; an event that joins until then keeps the stream open.
    static let close = Duration.milliseconds(1)
}
