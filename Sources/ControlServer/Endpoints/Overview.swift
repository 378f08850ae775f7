internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// The suite as a whole.
enum Overview {
    static let page: Endpoint.Answer = { desk, _ in
        .json([
            "name": "understudy", "version": .string(desk.version), "seed": .number(JSONNumber(desk.company.seed)),
            "fakes": .array(await desk.company.fakes.map(\.json)),
            "scenario": await desk.company.scenario.map { .string($0.name) } ?? nil,
            "description": "/openapi.yaml",
        ])
    }

    static let health: Endpoint.Answer = { _, _ in .json(["status": "ok"]) }

    /// Ready from the first answer on: the control server listens when all fakes do.
    static let ready: Endpoint.Answer = { desk, _ in
        .json(["ready": true, "fakes": .int(await desk.company.fakes.count)])
    }

    static let description: Endpoint.Answer = { _, _ in
        .text(ControlDescription.yaml, headers: ["content-type": "application/yaml"])
    }

    static let reset: Endpoint.Answer = { desk, _ in
        await desk.company.reset()
        return .nothing
    }
}
