public import JSONTree
internal import Journal

/// Which entries of a journal are meant: fields with the values that they shall have, all of them.
///
/// ```swift
/// FakeQuery.path("/history/{prompt_id}").status("4xx")
/// "method=POST path=/prompt body./client_id=abc" as FakeQuery
/// ```
/// The literal is the language of `understudy journal --where` and of the control server; see `JournalQuery`.
public struct FakeQuery: Sendable, ExpressibleByStringInterpolation {
    private var fields: JSONObject = [:]
    private var line = ""

    /// Every entry.
    public static let all = FakeQuery()

    private init() {}

    /// As `understudy journal --where` takes it.
    public init(stringLiteral line: String) { self.line = line }

    /// Exchanges with a path, which may be a template: `/history/{prompt_id}`.
    public static func path(_ path: String) -> FakeQuery { all.path(path) }
    public static func method(_ method: String) -> FakeQuery { all.method(method) }
    /// Answers of a status: `404`, `5xx`, `>=400`.
    public static func status(_ status: String) -> FakeQuery { all.status(status) }
    /// Entries of a kind: `exchange`, `message`, `effect`, `closed`, `lifecycle`, …
    public static func event(_ event: String) -> FakeQuery { all.event(event) }
    /// Messages of a type: `executing`, `process_completed`, `chat.completion.chunk`.
    public static func type(_ type: String) -> FakeQuery { all.type(type) }
    /// What a client of this name did: its client id, session hash or API key.
    public static func client(_ client: String) -> FakeQuery { all.client(client) }
    /// What a rule did, by its name.
    public static func rule(_ rule: String) -> FakeQuery { all.rule(rule) }
    /// Native errors, by name: `out_of_memory`.
    public static func error(_ error: String) -> FakeQuery { all.error(error) }
    /// Entries in which a text occurs.
    public static func text(_ text: String) -> FakeQuery { all.text(text) }

    public func path(_ path: String) -> FakeQuery { with("path", path) }
    public func method(_ method: String) -> FakeQuery { with("method", method) }
    public func status(_ status: String) -> FakeQuery { with("status", status) }
    public func event(_ event: String) -> FakeQuery { with("event", event) }
    public func type(_ type: String) -> FakeQuery { with("type", type) }
    public func client(_ client: String) -> FakeQuery { with("client", client) }
    public func rule(_ rule: String) -> FakeQuery { with("rule", rule) }
    public func error(_ error: String) -> FakeQuery { with("error", error) }
    public func text(_ text: String) -> FakeQuery { with("text", text) }
    /// Requests whose JSON body has a value at a pointer.
    public func body(_ pointer: String, _ value: JSON) -> FakeQuery {
        var members = fields["body"]?.object ?? [:]
        members[pointer] = value
        return with("body", .object(members))
    }

    private func with(_ name: String, _ value: JSON) -> FakeQuery {
        var query = self
        query.fields[name] = value
        return query
    }

    private func with(_ name: String, _ text: String) -> FakeQuery { with(name, .string(text)) }

    /// The query for one fake, or for all.
    func reading(_ fake: String?) throws -> JournalQuery {
        if line.isEmpty {
            return try JournalQuery(json: .object((fake.map { with("fake", $0) } ?? self).fields))
        }
        // Quotes keep a name with blanks together.
        return try JournalQuery(line: line + (fake.map { " \"fake=\($0)\"" } ?? ""))
    }
}
