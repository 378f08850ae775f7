/// How a fake Gradio is started.
public struct GradioConfiguration: Sendable {
    /// What it pretends to be.
    public var app: AppDefinition
    /// Whether it answers only what the real server answers.
    ///
    /// Otherwise the story's small status pages are there, too: `/api/health`, `/api/status`, `/api/ready`.
    public var isStrict: Bool
    /// Between the signs of life on an event stream; by the wall clock, whatever the speed of the fake.
    public var heartbeatInterval: Duration
    /// How many bytes of files it holds; the oldest go first.
    public var fileMemory: Int
    /// How many sessions keep their state and their messages; the oldest go first. 10,000 as in the real server.
    public var sessionLimit: Int
    /// How many bytes of messages it keeps for sessions that nobody listens to, roughly; the oldest of these go first. The real
    /// server has no such bound.
    public var messageMemory: Int
    /// The web interface of the real package; a plain page of our own without it.
    public var webInterface: GradioWebInterface?

    /// A fake Gradio that plays an app.
    public init(
        app: AppDefinition, isStrict: Bool = false, heartbeatInterval: Duration = .seconds(15),
        fileMemory: Int = 256 << 20, sessionLimit: Int = 10_000,
        messageMemory: Int = 16 << 20
    ) {
        self.app = app
        self.isStrict = isStrict
        self.heartbeatInterval = heartbeatInterval
        self.fileMemory = fileMemory
        self.sessionLimit = sessionLimit
        self.messageMemory = messageMemory
    }
}
