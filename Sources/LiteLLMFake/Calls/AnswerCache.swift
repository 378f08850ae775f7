internal import Encodings
internal import JSONTree

/// Answers that the proxy remembers (`litellm_settings.cache: true`, type `local`).
///
/// A stream is remembered apart from a whole answer. Bounded: the oldest goes, and is made anew when it is asked for.
struct AnswerCache: Sendable {
    /// What was said.
    enum Entry: Sendable {
        case whole([UInt8])
        /// An object of the Responses API: its id is sealed anew for each reader.
        case response(JSON, upstreamID: String)
        /// A stream's text; told again word by word, whatever the pieces were.
        case stream(id: String, created: Int, fingerprint: String?, text: String, isMock: Bool)

        fileprivate var size: Int {
            switch self {
            case .whole(let bytes): bytes.count
            case .response(let json, _): json.text().utf8.count
            case .stream(_, _, _, let text, _): text.utf8.count
            }
        }
    }

    private var entries = BoundedStore<Entry>()

    subscript(key: String) -> Entry? { entries[key] }

    mutating func store(_ entry: Entry, under key: String) {
        entries.store(entry, size: entry.size, under: key)
    }

    /// The key of a request: 64 hexadecimal digits over what shapes its answer.
    static func key(_ route: String, _ document: JSONObject) -> String {
        var relevant = document
        for field in ["metadata", "cache", "num_retries", "timeout", "fallbacks"] { relevant[field] = nil }
        return SHA256.hex(route + JSON.object(relevant).text())
    }

    /// Whether the request asks not to be answered from memory.
    static func isBypassed(_ document: JSONObject) -> Bool {
        document["cache"]?["no-cache"]?.bool == true || document["cache"]?["no-store"]?.bool == true
    }
}
