internal import JSONTree
internal import SocketServer

/// Answers from memory.
extension FakeLiteLLM {
    /// Notes a whole answer, if the configuration has a cache.
    func remember(_ body: [UInt8], _ call: Call, _ made: Made, isMock: Bool, route: String = "chat") {
        guard settings.proxy.caches, made.fallbacks == 0, !AnswerCache.isBypassed(call.document) else { return }
        var body = body
        if isMock, route == "chat" {
            // litellm's own object, read back, has this member where the first answer left it out.
            let end = Array(#""}}],"usage""#.utf8)
            let told = Array(#""},"provider_specific_fields":{}}],"usage""#.utf8)
            if let range = body.firstRange(of: end) { body.replaceSubrange(range, with: told) }
        }
        cache.store(.whole(body), under: AnswerCache.key(route, call.document))
    }

    /// Notes a streamed answer.
    func rememberStream(_ entry: AnswerCache.Entry, _ call: Call, _ made: Made) {
        guard settings.proxy.caches, made.fallbacks == 0, !AnswerCache.isBypassed(call.document) else { return }
        cache.store(entry, under: AnswerCache.key("chat", call.document))
    }

    /// The answer of a request that was answered before; nil when it was not.
    func cached(_ call: Call, shape: HeadShape, route: String) -> Reply? {
        guard settings.proxy.caches, !call.isDirected, !AnswerCache.isBypassed(call.document), let group = call.group
        else { return nil }
        let key = AnswerCache.key(route, call.document)
        guard let entry = cache[key], let deployment = router.group(group).first else { return nil }
        var made = Made(deployment: deployment, group: group)
        made.cacheKey = key
        var shape = shape
        shape.costs = .all
        shape.overhead = shape.duration
        if route == "completion", deployment.isMock { shape.base = false }
        let fields = successFields(shape, call, made)
        settle(call, used: 0, cost: .nothing)
        switch entry {
        case .response: return nil
        case .whole(let body): return .json(body, fields: fields, crossOrigin: call.crossOrigin)
        case .stream(let id, let created, let fingerprint, let text, let isMock):
            let model = call.bodyModel ?? group
            return .events(fields, crossOrigin: call.crossOrigin) { writer in
                if isMock {
                    try await MockStream(
                        id: id, created: created, model: model, text: text, choices: 1, usage: nil, tellsUsage: false,
                        pieces: text.wordPieces
                    ).write(to: writer)
                } else {
                    try await Self.relay(
                        id: id, created: created, model: model, fingerprint: fingerprint, text: text, to: writer)
                }
            }
        }
    }

    private nonisolated static func relay(
        id: String, created: Int, model: String, fingerprint: String?, text: String, to writer: ResponseWriter
    ) async throws {
        let line = EventLine(
            prefix: UpstreamStream.prefix(id: id, created: created, model: model, fingerprint: fingerprint))
        var isFirst = true
        for piece in text.wordPieces {
            let role = isFirst ? #","role":"assistant""# : ""
            isFirst = false
            try await writer.write(
                line.event { output in
                    output.add(#"[{"index":0,"delta":{"content":"#)
                    output.add(quotedPiece: piece)
                    output.add(role)
                    output.add("}}]}")
                })
        }
        try await writer.write(line.event { $0.add(#"[{"finish_reason":"stop","index":0,"delta":{}}]}"#) })
        try await writer.write(EventLine.done)
    }
}

extension String {
    /// Words, each with the blanks behind it.
    var wordPieces: [Substring] {
        var pieces: [Substring] = []
        var start = startIndex
        var sawBlank = false
        for index in indices {
            if self[index] == " " {
                sawBlank = true
            } else if sawBlank {
                pieces.append(self[start..<index])
                start = index
                sawBlank = false
            }
        }
        if start < endIndex { pieces.append(self[start...]) }
        return pieces
    }
}
