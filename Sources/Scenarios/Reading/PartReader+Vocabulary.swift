internal import JSONTree
internal import Words
internal import YAMLNodes

// Whether a rule can ever act, by what the fakes say of themselves.

extension PartReader {
    /// Notes what a rule speaks of that is not there.
    func check(_ match: LocatedMatch, _ effects: [LocatedEffect]) {
        guard let backends = backends(of: match) else { return }
        let covered = check(match, in: backends)
        for located in effects {
            check(located, match.match, in: covered.isEmpty ? backends : covered)
        }
    }

    /// The kinds that the rule may be about; nil if nothing is known, or if it is about none and that has been said.
    private func backends(of match: LocatedMatch) -> [Vocabulary.Backend]? {
        guard let vocabulary else { return nil }
        let pattern = match.match.fake
        var backends = vocabulary.backends
        if let kind = pattern.kind {
            guard let backend = vocabulary[kind] else {
                // Somebody who names the app alone is told the kind.
                let owner = vocabulary.backends.first { $0.ids.contains(kind) }
                if let owner {
                    log.add("unknown fake \"\(kind)\": did you mean \"\(owner.kind).\(kind)\"?", at: match.fake)
                } else {
                    log.unknown("fake", kind, among: vocabulary.backends.map(\.kind) + ["any"], at: match.fake)
                }
                return nil
            }
            backends = [backend]
        }
        if let id = pattern.id {
            let known = backends.flatMap(\.ids)
            guard known.isEmpty || known.contains(id) else {
                log.unknown(
                    "fake", match.match.fake.description,
                    among: backends.flatMap { backend in
                        backend.ids.map { "\(pattern.kind ?? "any").\($0)" }
                    }, at: match.fake)
                return nil
            }
            backends.removeAll { !$0.ids.isEmpty && !$0.ids.contains(id) }
        }
        return backends
    }

    /// Checks the subject, and gives those kinds to which it can happen.
    private func check(_ match: LocatedMatch, in backends: [Vocabulary.Backend]) -> [Vocabulary.Backend] {
        let kind = match.match.fake.description
        switch match.match.subject {
        case .whole, .connect: return backends
        case .request(let method, let path):
            let routed = backends.filter { backend in
                backend.routes.contains { $0.path.overlaps(path) } || backend.webSockets.contains { $0.overlaps(path) }
            }
            guard !routed.isEmpty else {
                log.unknown(
                    "path of \(kind)", path.text, among: backends.flatMap { $0.routes.map(\.path.text) }.unique,
                    at: match.object)
                return []
            }
            guard let method else { return routed }
            let methods = routed.flatMap { backend in
                backend.routes.filter { $0.path.overlaps(path) }.map(\.method)
                    + (backend.webSockets.contains { $0.overlaps(path) } ? ["GET"] : [])
            }.unique
            let isRouted =
                methods.contains { $0 == "*" || $0 == method } || method == "OPTIONS"
                || method == "HEAD" && methods.contains("GET")
            if !isRouted {
                log.add(
                    "\(kind) does not take \(method) on \(path.text): expected \(methods.joined(separator: ", "))",
                    at: match.verb)
            }
            return routed
        case .opens(let path):
            let taking = backends.filter { $0.webSockets.contains { $0.overlaps(path) } }
            if taking.isEmpty {
                let paths = backends.flatMap { $0.webSockets.map(\.text) }.unique
                log.add(
                    paths.isEmpty
                        ? "\(kind) has no WebSocket to open"
                        : "\(kind) opens no WebSocket on \(path.text): \(advice(for: path.text, among: paths))",
                    at: match.object)
            }
            return taking
        case .receives(let type):
            return check(type, match, backends.filter { !$0.receives.isEmpty }, \.receives, "receives")
        case .sends(let type):
            return check(type, match, backends.filter { !$0.sends.isEmpty }, \.sends, "sends")
        }
    }

    private func check(
        _ type: String?, _ match: LocatedMatch, _ backends: [Vocabulary.Backend],
        _ types: KeyPath<Vocabulary.Backend, [String]>, _ verb: String
    ) -> [Vocabulary.Backend] {
        guard !backends.isEmpty else {
            log.add("\(match.match.fake) \(verb) no messages", at: match.verb)
            return []
        }
        guard let type else { return backends }
        let speaking = backends.filter { $0[keyPath: types].contains { $0 == type || $0 == "*" } }
        if speaking.isEmpty {
            log.unknown(
                "message that \(match.match.fake) \(verb)", type,
                among: backends.flatMap { $0[keyPath: types] }.unique,
                at: match.object)
        }
        return speaking
    }

    private func check(_ located: LocatedEffect, _ match: Match, in backends: [Vocabulary.Backend]) {
        let kind = match.fake.description
        // Openings have been looked at already.
        if located.effect.needsWebSocket, match.subject.sort != .opens, !backends.isEmpty,
            backends.allSatisfy(\.webSockets.isEmpty)
        {
            log.add("\(located.effect.word) of this kind needs a WebSocket, and \(kind) has none", at: located.mark)
        }
        switch located.effect {
        case .error(let use): check(use.name, match, in: backends, at: located.mark)
        case .quota(let quota): if let name = quota.error { check(name, match, in: backends, at: located.mark) }
        case .set(let changes):
            let known = backends.flatMap(\.state).unique
            for name in changes.keys where !known.contains(name) {
                log.unknown("state of \(kind)", name, among: known, at: located.mark)
            }
        default: break
        }
    }

    /// A native error that one of the kinds knows, where it can happen.
    private func check(_ name: String, _ match: Match, in backends: [Vocabulary.Backend], at mark: YAMLMark) {
        let errors = backends.flatMap(\.errors)
        let named = errors.filter { $0.name == name }
        guard !named.isEmpty else {
            // Unless it has been said already that no kind at all knows it.
            if vocabulary?.backends.contains(where: { $0.errors.contains { $0.name == name } }) != false {
                log.unknown("error of \(match.fake)", name, among: errors.map(\.name).unique, at: mark)
            }
            return
        }
        switch match.subject {
        case .request(_, let path), .opens(let path):
            let paths = named.flatMap(\.paths).unique
            // Of a path that there is not, that has been said already.
            if !named.contains(where: \.paths.isEmpty), !paths.contains(where: { PathTemplate($0).overlaps(path) }),
                backends.contains(where: { $0.routes.contains { $0.path.overlaps(path) } })
            {
                let listed = paths.prefix(8).joined(separator: ", ") + (paths.count > 8 ? ", …" : "")
                log.add("\(name) does not happen on \(path.text): expected \(listed)", at: mark)
            }
        default: break
        }
    }

    // MARK: While reading

    /// A name that no fake at all knows is pointed at where it stands.
    func check(errorName name: String, at mark: YAMLMark) {
        guard let vocabulary else { return }
        let known = vocabulary.backends.flatMap { $0.errors.map(\.name) }.unique
        if !known.contains(name) { log.unknown("error", name, among: known, at: mark) }
    }

    func check(stateName pointer: String, at mark: YAMLMark) {
        guard let vocabulary,
            let name = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().first
        else { return }
        let known = vocabulary.backends.flatMap(\.state).unique
        if !known.contains(String(name)) { log.unknown("state", String(name), among: known, at: mark) }
    }
}

extension Array<String> {
    /// Each once, in order.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
