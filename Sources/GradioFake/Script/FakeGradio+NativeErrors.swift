import Fakes
import JSONTree
import Scenarios
import SocketServer

// Refusals that a scenario asks for. What befalls a function is in `Work.meetTrouble`.
extension FakeGradio {
    /// The answer in place of the route's own; nil if the trouble is none of the whole request.
    func refusal(
        of route: Route, _ parameters: [String: String], _ exchange: Exchange, _ caller: Caller
    ) async -> Reply? {
        guard let use = caller.direction.error, let trouble = GradioTrouble(use), trouble.befalls(route, in: app.major)
        else { return nil }
        switch trouble {
        case .unauthorized: return route == .webSocketQueue ? .empty(403) : notAuthenticated.saying(use.message)
        case .serverError:
            // The handler has read the body. What is too large or breaks off is as good as read.
            _ = try? await exchange.body()
            return internalError
        case .uploadTooLarge:
            let limit = app.definition.launch.maxFileSize ?? options.fileMemory
            return .plain(use.message ?? "File size exceeded maximum allowed size of \(limit) bytes.", status: 413)
        case .sessionLost:
            if route == .data {
                if let session = exchange.request.queryItems["session_hash"] { forget(session) }
            } else if let event = parameters["event"] {
                forget(events[event]?.session ?? callSessions[event] ?? event)
            }
            return nil
        default: return nil
        }
    }

    /// What a full queue answers, whether it is full or a scenario says so.
    func fullQueue(_ caller: Caller) -> Reply? {
        guard queue.isFull || caller.trouble == .queueFull else { return nil }
        // An app without a bound has none to tell; this is what many set.
        let most = queue.maxSize ?? 20
        let usual = "Queue is full. Max size is \(most) and size is \(max(most, queue.waiting.count))."
        return .detail(503, .string(caller.direction.error?.message ?? usual))
    }

    /// Arguments that are refused before the event joins: by the first one's validator, or before 5, where there are
    /// none, by the framework, which misses the list of them.
    func invalid(_ function: AppFunction?, _ body: JSONObject, _ schema: BodySchema, _ caller: Caller) -> Reply? {
        guard let function, caller.trouble == .validation else { return nil }
        let inputs = function.definition.inputs
        guard app.major >= .five, !inputs.isEmpty else {
            var body = body
            body["data"] = nil
            let reading = schema.read(
                JSON.object(body).bytes(), type: "application/json", isLenient: app.major <= .four)
            if case .failure(let complaint) = reading { return complaint.reply }
            return nil
        }
        let message = caller.direction.error?.message ?? "This value is not valid."
        let items: [JSON] = inputs.enumerated().map { place, input in
            place == 0
                ? [
                    "__type__": "validate", "is_valid": false, "message": .string(message),
                    "parameter_name": .string(input.parameter),
                ] : ["is_valid": true, "message": ""]
        }
        return .detail(422, .array(items))
    }
}

extension Caller {
    var trouble: GradioTrouble? { GradioTrouble(direction.error) }
}

extension Reply {
    /// The same with other words for what is wrong.
    fileprivate func saying(_ message: String?) -> Reply {
        guard let message, case .bytes(let body) = body, var tree = JSON.found(in: body) else { return self }
        if tree["detail"]?.object != nil {
            tree["detail"]?["error"] = .string(message)
        } else {
            tree["detail"] = .string(message)
        }
        return .json(tree, status: status)
    }
}
