internal import JSONTree
internal import Words

/// The words of the language for what a rule does: one for each case of ``Effect``.
public enum EffectWord: String, Sendable, Hashable, CaseIterable {
    case delay, throttle, slice, dribble, drop, upstream, refuse, state, limit, quota, error, respond, interim, corrupt,
        duplicate, skip
    case reorder, misdeliver, send, edit, set
}

extension Effect {
    /// Its word, as in files, journals and reports: `delay`.
    public var word: String { kind.rawValue }

    /// Its word as a value.
    public var kind: EffectWord {
        switch self {
        case .delay: .delay
        case .throttle: .throttle
        case .slice: .slice
        case .dribble: .dribble
        case .drop: .drop
        case .upstream: .upstream
        case .refuse: .refuse
        case .state: .state
        case .limit: .limit
        case .quota: .quota
        case .error: .error
        case .respond: .respond
        case .interim: .interim
        case .corrupt: .corrupt
        case .duplicate: .duplicate
        case .skip: .skip
        case .reorder: .reorder
        case .misdeliver: .misdeliver
        case .send: .send
        case .edit: .edit
        case .set: .set
        }
    }

    /// Its word and what tells it from others of that word: `error rate_limit`, `drop reset`, `delay 200ms`.
    var gist: String {
        switch self {
        case .delay(.head, .fixed(let duration)): "\(word) \(duration.spelled)"
        case .delay(.head, _): word
        case .delay(let point, _): "\(word) \(point.rawValue)"
        case .drop(let drop): "\(word) \(drop.code.map { "\($0)" } ?? drop.manner.rawValue)"
        case .error(let use): "\(word) \(use.name)"
        case .respond(let response): "\(word) \(response.status)"
        case .corrupt(let corruption): "\(word) \(corruption.kind.rawValue)"
        default:
            switch value {
            case .string(let text): "\(word) \(text)"
            case .number(let number): "\(word) \(number.spelling)"
            default: word
            }
        }
    }
}
