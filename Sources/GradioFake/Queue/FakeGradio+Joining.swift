import Fakes
import JSONTree
internal import Scenarios
import SocketServer

extension FakeGradio {
    /// `POST /queue/join`.
    func join(_ exchange: Exchange, _ caller: Caller) async -> Reply {
        switch await read(exchange, .predict) {
        case .failure(let refusal): return refusal.reply
        case .success(let body):
            // The order of these checks is the real server's.
            guard let session = body["session_hash"]?.string else { return .detail(400, "Session hash not found.") }
            guard let index = body["fn_index"]?.int else { return .detail(400, "No function index provided.") }
            let function = app.function(index)
            if let refusal = invalid(function, body, .predict, caller) { return refusal }
            return await push(
                function, session: session, values: body["data"]?.array ?? [], caller,
                isSimple: body["simple_format"]?.bool ?? false)
        }
    }

    /// `POST /call/{name}`: the event is its own session unless one is named.
    func call(_ name: String, _ exchange: Exchange, _ caller: Caller) async -> Reply {
        switch await read(exchange, .call) {
        case .failure(let refusal): return refusal.reply
        case .success(let body):
            guard let function = app.function(named: name) else { return internalError }
            if let refusal = invalid(function, body, .call, caller) { return refusal }
            let values = function.completed(body["data"]?.array ?? [])
            return await push(function, session: body["session_hash"]?.string, values: values, caller, isSimple: true)
        }
    }

    /// `POST /call/v2/{name}`: arguments by name.
    func namedCall(_ name: String, _ exchange: Exchange, _ caller: Caller) async -> Reply {
        guard let body = try? await exchange.body() else { return internalError }  // the client has gone
        switch BodySchema.parse(body, type: exchange.request.headers["content-type"], isLenient: app.major <= .four) {
        case .failure(let complaint): return complaint.reply
        case .success(.object(let named)):
            guard let function = app.function(named: name), let values = function.values(named: named) else {
                return internalError
            }
            if let refusal = invalid(function, named, .call, caller) { return refusal }
            return await push(function, session: nil, values: values, caller, isSimple: true)
        case .success(let value):
            return BodyComplaint("dict_type", ["body"], "Input should be a valid dictionary", value).reply
        }
    }

    /// A body by its schema, or the answer that refuses it.
    func read(_ exchange: Exchange, _ schema: BodySchema) async -> Result<JSONObject, Refusal> {
        guard let body = try? await exchange.body() else {  // too large, or the client has gone
            return .failure(Refusal(internalError))
        }
        // Up to 4 the framework takes null for no body.
        let bytes = app.major <= .four && body == Array("null".utf8) ? [] : body
        return schema.read(bytes, type: exchange.request.headers["content-type"], isLenient: app.major <= .four)
            .mapError { Refusal($0.reply) }
    }

    /// Puts an event into the queue.
    private func push(
        _ function: AppFunction?, session: String?, values: [JSON], _ caller: Caller, isSimple: Bool
    ) async -> Reply {
        try? await environment.sleep(Pace.join)  // who leaves meanwhile has joined all the same
        if isStopping || isClosed { return .detail(503, "Queue is stopped.") }
        if let refusal = fullQueue(caller) { return refusal }
        guard let function else { return internalError }
        if let refusal = validate(values, for: function, caller, session: session ?? "") { return refusal }
        let id = newEventID(session ?? "call", function.id, values)
        let event = QueuedEvent(
            id: id, function: function, session: session ?? id, values: values, caller: caller, isSimple: isSimple)
        events[id] = event
        if isSimple, event.session != id { callSessions[id] = event.session }
        box(of: event.session).pending.insert(id)
        let entry = EventQueue.Entry(
            id: id, function: function.id, group: function.group, session: event.session,
            batchSize: function.batchSize)
        post(.estimation(queue.join(entry, now: now)), for: event)
        startWaiting()
        return .json(["event_id": .string(id)])
    }

    /// 32 hexadecimal digits that follow from the session, and from what it asks for how often.
    private func newEventID(_ session: String, _ function: Int, _ values: [JSON]) -> String {
        let asked = JSON.array([.int(function)] + values).bytes()
        while true {
            var luck = environment.random("event", session, repetitions.name(session, asked))
            let id = luck.hex(32)
            if events[id] == nil, boxes[id] == nil { return id }
        }
    }

    /// The checks of a function's arguments, before the event joins.
    private func validate(
        _ values: [JSON], for function: AppFunction, _ caller: Caller, session: String
    ) -> Reply? {
        guard !function.definition.validators.isEmpty else { return nil }
        let components = ComponentValues(major: app.major, root: caller.root)
        guard let arguments = try? components.arguments(values, of: function, files: &files) else {
            return nil  // the event will fail by itself, and say why
        }
        var scope = ExpressionValues(
            variables: variables(for: function, arguments, caller, session: session), files: files)
        var items: [JSON] = []
        var isValid = true
        for (validator, input) in zip(function.definition.validators, function.definition.inputs) {
            let holds = (try? scope.value(of: validator.condition).isTruthy) ?? false
            isValid = isValid && holds
            let message = (try? scope.value(of: validator.message).pythonStr) ?? ""
            items.append(
                holds
                    ? ["is_valid": true, "message": ""]
                    : [
                        "__type__": "validate", "is_valid": false, "message": .string(message),
                        "parameter_name": .string(input.parameter),
                    ])
        }
        return isValid ? nil : .detail(422, .array(items))
    }

    /// Whether a session has joined and is not forgotten.
    func hasBox(_ session: String) -> Bool { boxes[session] != nil }

    /// The message box of a session, made if it is new.
    func box(of session: String) -> MessageBox {
        if let box = boxes[session] { return box }
        let box = MessageBox()
        boxes[session] = box
        boxOrder.append(session)
        if boxOrder.count > options.sessionLimit { forget(boxOrder[0]) }
        return box
    }

    /// Drops a session's box and everything of it that waits.
    func forget(_ session: String) {
        unread -= boxes.removeValue(forKey: session)?.weight ?? 0
        boxOrder.removeAll { $0 == session }
        callSessions = callSessions.filter { $0.value != session }
        for entry in queue.withdrawAll(of: session) { events[entry.id] = nil }
        for event in events.values where event.session == session { event.isAlive = false }
    }

    /// Sends a message about an event.
    ///
    /// - Parameter box: the name of the box, if it is not that of the event's session.
    func post(to box: String? = nil, _ message: QueueMessage, for event: QueuedEvent) {
        event.told += 1
        if event.isAlive { deliver(.init(event: event.id, message: message), to: box ?? event.session) }
    }

    /// Puts a letter into a box. Of sessions that have too much to read the oldest are forgotten.
    func deliver(_ letter: MessageBox.Letter, to name: String) {
        guard let box = boxes[name] else { return }
        unread -= box.weight
        box.post(letter)
        unread += box.weight
        while unread > options.messageMemory, let oldest = boxOrder.first(where: { boxes[$0]?.weight ?? 0 > 0 }) {
            forget(oldest)
        }
    }

    /// Begins what can begin.
    func startWaiting() {
        guard !isStopping, !isPaused else { return }
        while let start = queue.start(now: now) {
            for other in start.others {
                if let event = events[other.id] { post(.estimation(other.estimate), for: event) }
            }
            let started = start.entries.compactMap { events[$0.id] }
            for event in started { event.isRunning = true }
            guard let first = started.first else { continue }
            let ids = started.map(\.id)
            // Not structured, since an event outlives the request that brought it: the fake keeps the task, and
            // its end waits for it.
            runs[first.id] = Task(executorPreference: environment.loop) { await self.work(ids, eta: start.eta) }
        }
    }
}

/// A refusal as the answer that it is.
struct Refusal: Error {
    let reply: Reply
    init(_ reply: Reply) { self.reply = reply }
}

extension AppFunction {
    /// The values of a simple call: states may be left out; what fits neither way stays as it is.
    func completed(_ values: [JSON]) -> [JSON] {
        let sent = apiInputs
        guard values.count != inputs.count, values.count == sent.count else { return values }
        var all = [JSON](repeating: .null, count: inputs.count)
        for (value, input) in zip(values, sent) { all[input.place] = value }
        return all
    }

    /// The values of a call by name: missing ones take their default; nil for unknown names, or if one has none.
    func values(named: JSONObject) -> [JSON]? {
        var all = [JSON](repeating: .null, count: inputs.count)
        var known: Set<String> = []
        for (place, component) in apiInputs {
            let input = definition.inputs[place]
            known.insert(input.parameter)
            if let value = named[input.parameter] {
                all[place] = value
            } else if let value = component.properties["value"] {
                all[place] = value
            } else if !input.isOptional {
                return nil
            }
        }
        return named.keys.allSatisfy(known.contains) ? all : nil
    }
}
