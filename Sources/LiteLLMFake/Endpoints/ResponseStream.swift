internal import Fakes
internal import JSONTree
internal import SocketServer

extension FakeLiteLLM {
    /// A stream of the Responses API: data lines only, each event with its number and the client's model.
    func responseStream(_ call: Call, _ made: Made, _ reached: Reached) -> Reply {
        let answer = responseAnswer(call, made, reached)
        let fields = successFields(answer.isTranslated ? .messageStream : .responseStream, call, made)
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: made.deployment.known)
        let id = wrapped(answer.upstreamID, call, made)
        let broken = StreamBreak(call, made.deployment)
        if broken == nil {
            tellLoss(
                of: "responses",
                storedResponses.store(answer.whole(id: id), input: call.document["input"] ?? .null, id: id))
        }
        let events = answer.events(id: id, broken: broken)
        let pace = pace(reached, call, made.deployment)
        return .events(fields, crossOrigin: call.crossOrigin) { writer in
            do {
                try await pace.answer(in: self.environment) {
                    if let begin = events.first { try await writer.write(begin) }
                    try await pace.write(events.dropFirst(), to: writer, in: self.environment)
                }
                try await writer.write(EventLine.done)
            } catch {
                await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
                throw error
            }
            await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
        }
    }
}

extension ResponseAnswer {
    /// The events of a stream that is to break, or of a whole one.
    func events(id: String, broken: StreamBreak?) -> [[UInt8]] {
        let events = events(id: id)
        guard let broken else { return events }
        let mark = toolCalls.isEmpty ? "response.output_text.delta" : "response.function_call_arguments.delta"
        let start = Array("data: {\"type\":\"\(mark)\"".utf8)
        let told = broken.cut(events) { $0.starts(with: start) }
        return told + [broken.responsesEvent(of: self, id: id, after: told.count)]
    }

    /// The events of a stream.
    func events(id: String) -> [[UInt8]] {
        var events = EventList(model: model, isNumbered: !isTranslated)
        let begun = part(id: id, status: "in_progress", withOutput: false)
        events.add("response.created", [("response", begun)])
        events.add("response.in_progress", [("response", begun)])
        if toolCalls.isEmpty { addText(&events) } else { addCalls(&events) }
        events.add("response.completed", [("response", part(id: id, status: "completed", withOutput: true))])
        return events.list
    }

    private func addText(_ events: inout EventList) {
        let place: [(String, JSON)] = [("item_id", .string(itemID)), ("output_index", 0), ("content_index", 0)]
        var empty: JSONObject = ["type": "output_text", "text": "", "annotations": []]
        var full: JSONObject = ["type": "output_text", "text": .string(text), "annotations": []]
        if !isTranslated {
            empty["logprobs"] = []
            full["logprobs"] = []
        }
        let logprobs: [(String, JSON)] = isTranslated ? [] : [("logprobs", [])]
        let opened: JSON =
            isTranslated
            ? ["id": .string(itemID), "type": "message", "role": "assistant", "status": "in_progress", "content": []]
            : ["id": .string(itemID), "type": "message", "status": "in_progress", "role": "assistant", "content": []]
        events.add("response.output_item.added", [("output_index", 0), ("item", opened)])
        events.add("response.content_part.added", place + [("part", .object(empty))])
        for piece in pieces { events.add("response.output_text.delta", place + [("delta", .string(piece))], logprobs) }
        events.add("response.output_text.done", place + [("text", .string(text))], logprobs)
        events.add("response.content_part.done", place + [("part", .object(full))])
        var item: JSONObject = ["id": .string(itemID)]
        if isTranslated {
            item["status"] = "completed"
            item["type"] = "message"
        } else {
            item["type"] = "message"
            item["status"] = "completed"
        }
        item["role"] = "assistant"
        item["content"] = [.object(full)]
        events.add(
            "response.output_item.done", [("output_index", 0)], [("item", .object(item))], isAlwaysNumbered: true)
    }

    private func addCalls(_ events: inout EventList) {
        for (index, call) in toolCalls.enumerated() {
            var opened = item(of: call)
            opened["arguments"] = ""
            opened["status"] = "in_progress"
            let place: [(String, JSON)] = [("item_id", opened["id"] ?? nil), ("output_index", .int(index))]
            events.add("response.output_item.added", [("output_index", .int(index)), ("item", opened)])
            for piece in Wording.pieces(of: call.arguments) {
                events.add("response.function_call_arguments.delta", place + [("delta", .string(piece))])
            }
            events.add("response.function_call_arguments.done", place + [("arguments", .string(call.arguments))])
            events.add(
                "response.output_item.done", [("output_index", .int(index))], [("item", item(of: call))],
                isAlwaysNumbered: true)
        }
    }

    /// Events as they are added: `type`, what it tells, its number, more, and the model.
    private struct EventList {
        let model: String
        let isNumbered: Bool
        var list: [[UInt8]] = []

        init(model: String, isNumbered: Bool) {
            self.model = model
            self.isNumbered = isNumbered
        }

        mutating func add(
            _ type: String, _ before: [(String, JSON)], _ after: [(String, JSON)] = [], isAlwaysNumbered: Bool = false
        ) {
            var event: JSONObject = ["type": .string(type)]
            for (key, value) in before { event.append(key, value) }
            if isNumbered || isAlwaysNumbered {
                event.append("sequence_number", .int(isNumbered ? list.count : 1))
            }
            for (key, value) in after { event.append(key, value) }
            event.append("model", .string(model))
            list.append(Array("data: ".utf8) + JSON.object(event).bytes() + Array("\n\n".utf8))
        }
    }
}
