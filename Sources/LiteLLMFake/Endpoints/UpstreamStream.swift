internal import Fakes
internal import JSONTree
internal import SocketServer

/// The chunks of an upstream as the proxy relays them, and the ways in which they end too early.
struct UpstreamStream: Sendable {
    let answer: ChatAnswer
    /// The proxy's clock, not the upstream's.
    let created: Int
    let model: String
    let includesUsage: Bool
    let streamBreak: UpstreamBehaviour.Break?
    /// How the break is told.
    let failure: CallFailure?
    /// Seconds that the stream may be silent.
    let patience: Double
    let pace: TokenPace
    let environment: FakeEnvironment

    func write(to writer: ResponseWriter) async throws {
        let line = EventLine(
            prefix: Self.prefix(id: answer.id, created: created, model: model, fingerprint: answer.fingerprint))
        let choice = answer.choices[0]
        if choice.toolCalls.isEmpty {
            try await writer.write(
                line.event { $0.add(#"[{"index":0,"delta":{"content":"","role":"assistant"}}]}"#) })
            for piece in choice.reasoning {
                try await writer.write(
                    line.event { output in
                        output.add(#"[{"index":0,"delta":{"reasoning_content":"#)
                        output.add(quoted: piece)
                        output.add("}}]}")
                    })
            }
            guard try await writeText(to: writer, line) else { return }
        } else {
            try await writeToolCalls(choice, to: writer, line)
            if let streamBreak, try await !breaks(streamBreak, writer) { return }
        }
        let finish = choice.streamFinish
        try await writer.write(
            line.event { output in
                output.add(#"[{"finish_reason":"#)
                output.add(quoted: finish)
                output.add(#","index":0,"delta":{}}]}"#)
            })
        if includesUsage {
            try await writer.write(
                line.event { output in
                    output.add("[],")
                    answer.usage.write(into: &output)
                    output.add("}")
                })
        }
        try await writer.write(EventLine.done)
    }

    /// Writes the text. False when the stream broke; the error has been told then.
    private func writeText(to writer: ResponseWriter, _ line: EventLine) async throws -> Bool {
        let pieces = answer.choices.map { $0.pieces ?? [] }
        if pieces.count == 1, streamBreak == nil {
            let pieces = pieces[0]
            try await pace.write(pieces.count, to: writer, in: environment) { addText(pieces[$0], choice: 0, line, to: &$1) }
            return true
        }
        let most = pieces.map(\.count).max() ?? 0
        for position in 0..<most {
            if !pace.isNone { try await pace.wait(in: environment) }
            if let streamBreak, streamBreak.after == position {
                guard try await breaks(streamBreak, writer) else { return false }
            }
            for index in pieces.indices where position < pieces[index].count {
                var event: [UInt8] = []
                addText(pieces[index][position], choice: index, line, to: &event)
                try await writer.write(event)
            }
        }
        // A stream that is shorter than that breaks at its end.
        if let streamBreak, streamBreak.after >= most { return try await breaks(streamBreak, writer) }
        return true
    }

    private func addText(_ piece: String, choice index: Int, _ line: EventLine, to output: inout [UInt8]) {
        line.add(to: &output) { output in
            output.add(#"[{"index":"#)
            output.add(index)
            output.add(#","delta":{"content":"#)
            output.add(quotedPiece: piece[...])
            output.add("}")
            if let tops = answer.wantedLogprobs {
                output.add(#","logprobs":{"content":["#)
                output.add(ChatAnswer.logprob(piece, answer.logprob, tops: tops))
                output.add("]}")
            }
            output.add("}]}")
        }
    }

    /// Plays a break. True when the stream goes on after all: a silence that was short enough.
    private func breaks(_ streamBreak: UpstreamBehaviour.Break, _ writer: ResponseWriter) async throws -> Bool {
        if case .stall(let seconds) = streamBreak.kind {
            try await environment.sleep(.seconds(min(seconds, patience).withinDay))
            if seconds <= patience { return true }
        }
        if let failure { try await writer.write(EventLine.error(failure)) }
        try await writer.write(EventLine.done)
        return false
    }

    private func writeToolCalls(
        _ choice: ChatAnswer.Choice, to writer: ResponseWriter, _ line: EventLine
    ) async throws {
        for (index, call) in choice.toolCalls.enumerated() {
            try await writer.write(
                line.event { output in
                    output.add(#"[{"index":0,"delta":{"role":"assistant","tool_calls":[{"id":"#)
                    output.add(quoted: call.id)
                    output.add(#","function":{"arguments":"","name":"#)
                    output.add(quoted: call.name)
                    output.add(#"},"type":"function","index":"#)
                    output.add(index)
                    output.add("}]}}]}")
                })
            for piece in index == 0 ? choice.argumentPieces : [call.arguments] {
                if !pace.isNone { try await pace.wait(in: environment) }
                try await writer.write(
                    line.event { output in
                        output.add(#"[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"#)
                        output.add(quoted: piece)
                        output.add(#"},"type":"function","index":"#)
                        output.add(index)
                        output.add("}]}}]}")
                    })
            }
        }
    }

    /// What every chunk begins with.
    static func prefix(id: String, created: Int, model: String, fingerprint: String?) -> [UInt8] {
        var prefix: [UInt8] = []
        prefix.add(#"data: {"id":"#)
        prefix.add(quoted: id)
        prefix.add(#","created":"#)
        prefix.add(created)
        prefix.add(#","model":"#)
        prefix.add(quoted: model)
        prefix.add(#","object":"chat.completion.chunk""#)
        if let fingerprint {
            prefix.add(#","system_fingerprint":"#)
            prefix.add(quoted: fingerprint)
        }
        prefix.add(#","choices":"#)
        return prefix
    }
}
