internal import Fakes
internal import JSONTree
internal import SocketServer

/// The run of one prompt: takes nodes in order, lets them work, and has the lifecycle tell about it
/// (`PromptExecutor` in upstream's execution.py).
///
/// ```
/// start ─▶ stage a node ─▶ cached? replay ─▶ … ─▶ succeed
///               ▲          else begin ─▶ inputs ─▶ lazy? wait for them ─┐
///               │                        call it ─▶ async? wait ────────┤
///               │                               ─▶ expands? add nodes ──┤
///               └───────────── keep results, finish ◀───────────────────┘
/// ```
/// On the fake's loop; owned by `ComfyUIState` while it runs.
final class PromptRun {
    /// What a look at a node led to.
    private enum Turn {
        case done
        /// It waits for something that has been put before it.
        case waiting
        case failed(NodeFailure, inputs: NodeInputs?)
    }

    /// Nodes that expanding ones may add; the rest of a run beyond that gets no values.
    static let mostAddedNodes = 20_000

    let item: QueueItem
    private let state: ComfyUIState
    private(set) var graph: PromptGraph
    private(set) var lifecycle: PromptLifecycle
    /// Messages sent so far.
    private var messageCount = 0
    /// Whether a sampler is among the posted nodes.
    private let hasSampler: Bool
    /// The node that people see at work; told to a client that connects in the middle.
    private(set) var shownNode: String?

    private var order = ExecutionOrder()
    private var keys: CacheKeys
    /// Results of this run and those found in the cache, by node.
    private var results: [String: ResultCache.Entry] = [:]
    private var executed: [String] = []
    /// What expanding nodes gave, until the nodes they added have run.
    private var expansions: [String: [NodeOutcome]] = [:]
    /// What async nodes gave, until they get their second turn.
    private var finishedAside: [String: Result<[NodeOutcome], NodeFailure>] = [:]

    init(_ item: QueueItem, state: ComfyUIState) {
        self.item = item
        self.state = state
        graph = PromptGraph(item.prompt)
        lifecycle = PromptLifecycle(promptID: item.id)
        hasSampler = item.prompt.contains { node in
            node.value["class_type"]?.string.map { state.behaviours[$0].isSampler } ?? false
        }
        keys = PromptRun.keys(of: graph, state)
    }

    private static func keys(of graph: PromptGraph, _ state: ComfyUIState) -> CacheKeys {
        CacheKeys(graph: graph, table: state.table) { id in
            state.behaviours[graph.className(id)].stamp?(graph.inputs(of: id), state)
        }
    }

    // MARK: The run

    /// Runs the prompt to its end.
    ///
    /// - Parameters:
    ///   - group: where async nodes run beside the others.
    ///   - aside: runs an async node and calls `runAside`.
    /// - Returns: whether it succeeded.
    func execute(
        in group: inout TaskGroup<Void>, aside: @escaping @Sendable (_ node: String) async -> Void
    ) async -> Bool {
        state.isInterrupted = false
        send(lifecycle.start(now: now))
        prepareCaches()
        send(lifecycle.cached(item.prompt.keys.filter { isCached($0) }, now: now))
        for output in item.outputs { order.add(output, facts) }
        let succeeded = await takeTurns(&group, aside)
        group.cancelAll()
        if succeeded { send(lifecycle.succeed(now: now)) }
        return succeeded
    }

    /// Gives turns to nodes until none is left or one fails.
    private func takeTurns(
        _ group: inout TaskGroup<Void>, _ aside: @escaping @Sendable (String) async -> Void
    ) async -> Bool {
        while !order.isEmpty {
            guard let node = order.stage(facts) else {
                if order.outside > 0 {
                    await group.next()
                    continue
                }
                failCycle()
                return false
            }
            switch await turn(of: node, start: { node in group.addTask { await aside(node) } }) {
            case .done: order.complete()
            case .waiting: order.unstage()
            case .failed(let failure, let inputs):
                fail(node, failure, inputs)
                return false
            }
            // Sockets get their turn between nodes, however many of these there are.
            await state.environment.loop.nextTurn()
        }
        return true
    }

    private func turn(of node: String, start: (String) -> Void) async -> Turn {
        if let entry = cached(node) {
            send(lifecycle.replay(node, entry.ui, in: graph))
            results[node] = entry
            return .done
        }
        let type = graph.className(node)
        var inputs: NodeInputs?
        do throws(NodeFailure) {
            let outcomes: [NodeOutcome]
            if let finished = finishedAside.removeValue(forKey: node) {
                outcomes = try finished.get()
            } else if let expanded = expansions.removeValue(forKey: node) {
                keep(node, expanded.map { resolve($0) })
                return .done
            } else {
                shownNode = graph.display(of: node)
                send(lifecycle.begin(node, in: graph))
                let gathered = gather(node)
                inputs = gathered
                if try wantsMore(node, gathered) { return .waiting }
                if state.behaviours[type].isAsync {
                    order.hold(node)
                    start(node)
                    return .waiting
                }
                outcomes = try await call(node, gathered)
            }
            return expand(node, outcomes) ? .waiting : .done
        } catch {
            return .failed(error, inputs: inputs)
        }
    }

    /// Runs an async node and lets it have its second turn.
    func runAside(_ node: String) async {
        let result: Result<[NodeOutcome], NodeFailure>
        do throws(NodeFailure) {
            result = .success(try await call(node, gather(node)))
        } catch {
            result = .failure(error)
        }
        finishedAside[node] = result
        order.release(node)
    }

    // MARK: Calls

    /// Calls a node once, or once for each element of its list inputs.
    private func call(_ node: String, _ inputs: NodeInputs) async throws(NodeFailure) -> [NodeOutcome] {
        let className = graph.className(node)
        let behaviour = state.behaviours[className]
        let stage = NodeStage(state: state, run: self, node: node)
        var outcomes: [NodeOutcome] = []
        for index in 0..<inputs.calls {
            try stage.checkpoint()
            let call = NodeCall(
                id: node, className: className, index: index, inputs: inputs.values(ofCall: index),
                lists: inputs.lists, raw: graph.inputs(of: node), prompt: item.prompt,
                pictureInfo: item.extraData["extra_pnginfo"] ?? .null)
            if !behaviour.takesBlocked, let text = inputs.blockage(ofCall: index) {
                if let text { send([lifecycle.block(node, type: className, executed: executed, text: text)]) }
                outcomes.append(blockedOutcome(of: className))
                continue
            }
            do {
                let outcome = try await behaviour.run(call, stage)
                // Nothing has been painted yet: this is where too much would have been asked for.
                if let excess = outcome.values.lazy.compactMap(\.images?.excess).first {
                    throw NodeFailure.raised(excess)
                }
                outcomes.append(outcome)
            } catch let failure as NodeFailure {
                throw failure
            } catch {
                throw .raised(PythonError(type: "RuntimeError", text: "\(error)"))
            }
        }
        return outcomes
    }

    private func blockedOutcome(of className: String) -> NodeOutcome {
        NodeOutcome(values: (state.table[className]?.outputs ?? []).map { _ in .blocked(nil) })
    }

    private func gather(_ node: String) -> NodeInputs {
        NodeInputs(
            of: graph.inputs(of: node), for: state.table[graph.className(node)], at: node, item: item,
            output: { output(of: $0) })
    }

    private func output(of link: NodeLink) -> [NodeValue]? {
        guard let outputs = results[link.node]?.outputs ?? cached(link.node)?.outputs,
            let slot = link.slot.int ?? link.slot.double.map({ Int($0) })
        else { return nil }
        let place = slot < 0 ? slot + outputs.count : slot
        return outputs.indices.contains(place) ? outputs[place] : nil
    }

    /// Lets a node wait for the lazy inputs that it wants now.
    private func wantsMore(_ node: String, _ inputs: NodeInputs) throws(NodeFailure) -> Bool {
        guard let wants = state.behaviours[graph.className(node)].wants else { return false }
        let known = inputs.values(ofCall: 0).filter { !inputs.missing.contains($0.key) }
        let call = NodeCall(
            id: node, className: graph.className(node), inputs: known, prompt: item.prompt, pictureInfo: .null)
        let wanted = try wants(call).filter { inputs.missing.contains($0) }
        for name in wanted {
            if let link = graph.inputs(of: node)[name].flatMap({ NodeLink($0) }) {
                order.block(node, until: link.node, facts)
            }
        }
        return !wanted.isEmpty
    }

    // MARK: Results

    /// Adds the nodes that calls asked for, or keeps the results if they asked for none.
    ///
    /// - Returns: whether the node has to wait for added nodes.
    private func expand(_ node: String, _ outcomes: [NodeOutcome]) -> Bool {
        let added = outcomes.compactMap(\.expansion)
        // Nodes that expand into themselves would never end.
        if added.isEmpty || graph.addedIDs.count > PromptRun.mostAddedNodes {
            keep(node, outcomes)
            return false
        }
        if let ui = NodeOutcome.shown(by: outcomes) { send(lifecycle.show(node, ui, in: graph)) }
        var outputs: [String] = []
        for (id, description) in added.flatMap({ Array($0) }) {
            guard graph.add(description, as: id, by: node, shownAs: description["override_display_id"]?.string) else {
                continue
            }
            if state.table[graph.className(id)]?.isOutput ?? false { outputs.append(id) }
        }
        keys = PromptRun.keys(of: graph, state)
        for output in outputs { order.add(output, facts) }
        for value in outcomes.flatMap(\.values) {
            if let link = value.json.flatMap({ NodeLink($0) }) { order.block(node, until: link.node, facts) }
        }
        expansions[node] = outcomes
        return true
    }

    /// The values of an expanding call, with those of the added nodes in place of the links to them.
    private func resolve(_ outcome: NodeOutcome) -> NodeOutcome {
        if outcome.expansion == nil { return outcome }
        var resolved = outcome
        resolved.ui = nil
        resolved.values = outcome.values.flatMap { value -> [NodeValue] in
            guard let link = value.json.flatMap({ NodeLink($0) }) else { return [value] }
            return output(of: link) ?? [.none]
        }
        return resolved
    }

    private func keep(_ node: String, _ outcomes: [NodeOutcome]) {
        let ui = NodeOutcome.shown(by: outcomes)
        if let ui { send(lifecycle.show(node, ui, in: graph)) }
        let entry = ResultCache.Entry(
            outputs: NodeOutcome.slots(of: outcomes, for: state.table[graph.className(node)]),
            ui: ui ?? lifecycle.outputs[node]?.object, owner: keys.key(of: graph.real(of: node)))
        results[node] = entry
        if let key = keys.key(of: node) { state.cache[key] = entry }
        send(lifecycle.finish(node, in: graph))
        executed.append(node)
    }

    // MARK: The cache

    private func prepareCaches() {
        // What is at hand already would be neither computed nor written, and so could not fail.
        if item.script.trouble != nil { state.cache.clear() }
        state.instances.keep(graph)
        state.cache.begin(keys: Set(item.prompt.keys.compactMap { keys.key(of: $0) }))
    }

    private func cached(_ node: String) -> ResultCache.Entry? {
        // A node in the middle of its work is not cached, whatever another one of the same key left.
        if expansions[node] != nil || finishedAside[node] != nil { return nil }
        if let entry = results[node] { return entry }
        guard let key = keys.key(of: node) else { return nil }
        return state.cache[key]
    }

    private func isCached(_ node: String) -> Bool { cached(node) != nil }

    private var facts: ExecutionOrder.Facts {
        ExecutionOrder.Facts(
            isOutput: { [self] in state.table[graph.className($0)]?.isOutput ?? false },
            isAsync: { [self] in state.behaviours[graph.className($0)].isAsync },
            isCached: { [self] in isCached($0) },
            sources: { [self] id in
                let type = state.table[graph.className(id)]
                return graph.links(of: id).filter { !(type?.input($0.input)?.isLazy ?? false) }.map(\.link.node)
            })
    }

    // MARK: Messages

    private var now: Int { state.environment.now().milliseconds }

    func send(_ messages: [ServerMessage]) {
        messageCount += messages.count
        state.send(messages, for: item.clientID)
    }

    /// Fails where a scenario wants the run to fail.
    func meetTrouble(_ act: RunTrouble.Act, at node: String) throws(NodeFailure) {
        guard let trouble = item.script.trouble else { return }
        let isFit = hasSampler ? state.behaviours[graph.className(node)].isSampler : item.outputs.contains(node)
        if trouble.strikes(act, told: messageCount, isFit: isFit) { throw trouble.failure }
    }

    /// A step of a node that it reports by itself.
    func step(_ node: String, value: JSON, of total: JSON, preview: PromptLifecycle.Preview?) {
        send(
            lifecycle.step(
                node, value: value, max: total, preview: preview,
                takesMetadata: state.clients.takesPreviewMetadata(item.clientID), in: graph))
    }

    private func fail(_ node: String, _ failure: NodeFailure, _ inputs: NodeInputs?) {
        let real = graph.real(of: node)
        let type = graph.className(real)
        switch failure {
        case .interrupted: send(lifecycle.interrupt(real, type: type, executed: executed, now: now))
        case .raised(let error):
            let report = error.report(
                inputs: inputs?.report ?? [:], known: (item.prompt.keys + graph.addedIDs).map { .string($0) })
            send(lifecycle.fail(real, type: type, executed: executed, error: report, now: now))
        }
    }

    private func failCycle() {
        guard let node = order.stuck.first else { return }
        let error = PythonError(
            type: "comfy_execution.graph.DependencyCycleError", text: "Dependency cycle detected")
        fail(node, .raised(error), nil)
    }
}
