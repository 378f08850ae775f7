public import JSONTree

/// What a rule looks at: a fake, something that happens there, and what must be true of it.
///
/// As a line: `comfyui POST /prompt`, `gradio.wan2gp sends process_completed`, `litellm connect`, `comfyui`.
public struct Match: Sendable, Hashable {
    /// Which fakes.
    public var fake: FakePattern
    /// What happens there.
    public var subject: Subject
    /// All of them must hold. Those of `on` and those of `when` stand here alike.
    public var conditions: [Condition]

    public init(fake: FakePattern, subject: Subject = .whole, conditions: [Condition] = []) {
        self.fake = fake
        self.subject = subject
        self.conditions = conditions
    }
}

/// Which fakes a rule is for: `comfyui`, `gradio.wan2gp`, `any`.
public struct FakePattern: Sendable, Hashable {
    /// `comfyui`, `litellm`, `gradio`; nil stands for any.
    public var kind: String?
    /// The fake's own name in the suite: an app for Gradio; nil stands for any.
    public var id: String?

    public init(kind: String? = nil, id: String? = nil) {
        self.kind = kind
        self.id = id
    }

    public func covers(kind: String, id: String) -> Bool {
        (self.kind ?? kind) == kind && (self.id ?? id) == id
    }
}

/// What happens at a fake.
public enum Subject: Sendable, Hashable {
    /// The fake as a whole: for restarts, changes of state, limits, by the clock. A reader of files turns it into
    /// what the rule's effects act on, if that is something else (see `PartReader+Sense.swift`).
    case whole
    /// A connection is accepted.
    case connect
    /// A request; nil stands for any method.
    case request(method: String?, path: PathTemplate)
    /// A request that asks for WebSocket.
    case opens(path: PathTemplate)
    /// A message of a client, by its type; nil stands for any.
    case receives(type: String?)
    /// A message of the fake, by its type: of a WebSocket, or an event of a stream; nil stands for any.
    case sends(type: String?)
}

/// Something that must be true of what happens, for a rule to act.
public enum Condition: Sendable, Hashable {
    /// A field of the request's head, by its name in any case.
    case header(String, ValueTest)
    /// A parameter of the query.
    case query(String, ValueTest)
    /// A value of a JSON body, or of a JSON message, by its pointer (RFC 6901).
    case body(pointer: String, ValueTest)
    /// Who it is: ComfyUI's client id, LiteLLM's API key, Gradio's session hash.
    case client(ValueTest)
    /// A value of the fake's own state, by its pointer.
    case state(pointer: String, ValueTest)
}

/// A test of one value. A value that is missing passes only `exists: false` and `not`.
public indirect enum ValueTest: Sendable, Hashable {
    /// Equal as JSON; a text and a number are equal if they are spelled alike, since queries and heads hold texts only.
    case equals(JSON)
    /// A regular expression found somewhere in it, in bounded time: see `Words.Pattern`, which says what is understood.
    case matches(String)
    /// A text in a text, or an element of a list.
    case contains(JSON)
    case exists(Bool)
    case atLeast(Double)
    case atMost(Double)
    /// One of them.
    case oneOf([JSON])
    case not(ValueTest)
}
