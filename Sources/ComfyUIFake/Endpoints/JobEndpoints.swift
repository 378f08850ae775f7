internal import JSONTree
internal import SocketServer

// The jobs: queue and history in one list (upstream's server.py and comfy_execution/jobs.py).
extension FakeComfyUI {
    private var jobs: [Job] {
        server.queue.running.map { Job(running: $0) } + server.queue.pending.map { Job(waiting: $0) }
            + server.history.jobs
    }

    func listJobs(_ call: Call) -> Answer {
        let query = call.query
        do throws(JobQuery.Fault) {
            return .json(try JobQuery { query[$0] }.page(of: jobs))
        } catch {
            return .json(["error": .string(error.text)], status: 400)
        }
    }

    func showJob(_ call: Call) -> Answer {
        let id = call["id"]
        guard let job = jobs.first(where: { $0.id == id }) else {
            return .json(["error": "Job not found"], status: 404)
        }
        return .json(.object(job.detail))
    }

    func cancelJob(_ call: Call) -> Answer { .json(["cancelled": .bool(cancel(call["id"]))]) }

    func cancelJobs(_ call: Call) async throws -> Answer {
        let text = try await call.text()
        guard let body = JSON.found(in: text, options: .python) else {
            return .json(["error": "Request body must be valid JSON"], status: 400)
        }
        guard let ids = body["job_ids"]?.array else {
            return .json(["error": "job_ids must be a list"], status: 400)
        }
        let wrong = ids.filter { !CanonicalUUID.isValid($0.string?.lowercased() ?? "") }
        if !wrong.isEmpty {
            return .json(
                [
                    "error": "job_ids contains invalid id(s)",
                    "invalid_ids": .array(wrong.map { .string($0.pythonStr) }),
                ], status: 400)
        }
        var cancelled = false
        for id in ids where cancel(id.string ?? "") { cancelled = true }
        return .json(["cancelled": .bool(cancelled)])
    }

    /// Interrupts a running job, takes a waiting one out. False for finished and unknown ones.
    private func cancel(_ id: String) -> Bool {
        if server.queue.running.contains(where: { $0.id == id }) {
            server.isInterrupted = true
            return true
        }
        let changes = server.queue.delete(id)
        for _ in 0..<changes { server.tellQueue() }
        return changes > 0
    }
}
