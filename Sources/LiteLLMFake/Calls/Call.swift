internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// One inference request, once its body has been read and its caller is known.
struct Call: Sendable {
    /// `x-litellm-call-id`: the client's own, or made up.
    let id: String
    let started: ContinuousClock.Instant
    let now: WallTime
    let caller: Caller
    /// Whether the request came from a page elsewhere.
    let crossOrigin: Bool
    var document: JSONObject
    /// The name that finds the deployment: the path's, else the body's; nil when neither has one.
    let group: String?
    /// The name that the body has, which is the one that answers show.
    let bodyModel: String?
    let streams: Bool
    /// What the request says of time, in seconds.
    let timeout: Double?
    let streamTimeout: Double?
    let retries: Int?
    /// Random numbers for this request alone.
    let luck: SeededRandom
    /// Who called and where, when calls are counted.
    var origin: CallCounts.Origin?
    /// What is to be said, and how fast, where the request says so itself.
    var answers: Answers?
    var pacing: Pacing?
    /// What a scenario wants of it.
    var direction = Direction.none
    var trouble: LiteLLMTrouble?
    /// Tokens reserved of the key's limit.
    var reserved = 0

    /// The name as the router's messages give it.
    var shownGroup: String { group ?? "None" }
}

/// How a call was made in the end.
struct Made: Sendable {
    let deployment: Deployment
    /// The group that answered: a fallback's after a fallback.
    var group: String
    var retries = 0
    var maxRetries = 2
    var fallbacks = 0
    /// The upstream's headers; nil when the proxy answered itself.
    var upstreamFields: HeaderFields?
    /// How much of the time was the proxy's own, in milliseconds; told when an upstream was called.
    var cacheKey: String?
}
