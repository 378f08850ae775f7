internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Who plays: list, create, delete, look into.
enum FakeEndpoints {
    static let list: Endpoint.Answer = { desk, _ in
        .json(["fakes": .array(await desk.company.fakes.map(\.json))])
    }

    static let create: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let order = try FakeOrder(try await inquiry.object())
        if let id = order.id, await desk.company.fake(id) != nil {
            throw Problem(
                status: 409, type: "name-taken", title: "There is such a fake already",
                detail: "\"\(id)\" is taken: choose another id, or DELETE /fakes/\(id) first")
        }
        let fake: RunningFake
        do {
            fake = try await desk.casting.start(order, in: desk.company)
        } catch let error as FakeOrderError {
            throw Problem.badRequest(error.description)
        } catch {
            throw Problem(
                status: 409, type: "cannot-start", title: "The fake could not start", detail: "\(error)")
        }
        await desk.company.join(fake)
        var reply = Reply.json(fake.json, status: 201)
        reply.headers.append("location", "/fakes/\(fake.id)")
        return reply
    }

    static let get: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let fake = try await desk.fake(inquiry)
        guard var object = fake.json.object else { return .json(fake.json) }
        object["connections"] = .int(await fake.connectionCount())
        object["state"] = await fake.state()
        object["errors"] = .array(
            fake.vocabulary.errors.map { ["name": .string($0.name), "summary": .string($0.summary)] })
        object["sends"] = .array(fake.vocabulary.sends.map { .string($0) })
        object["receives"] = .array(fake.vocabulary.receives.map { .string($0) })
        return .json(.object(object))
    }

    static let delete: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let fake = try await desk.fake(inquiry)
        if let gone = await desk.company.leave(fake.id) { await desk.casting.stop(gone) }
        return .nothing
    }

    static let state: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        .json(await (try await desk.fake(inquiry)).state())
    }

    static let setState: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        let fake = try await desk.fake(inquiry)
        let changes = try await inquiry.object()
        do {
            try await fake.set(changes)
        } catch {
            throw Problem(
                status: 422, type: "invalid-state", title: "The state stays as it was", detail: "\(error)")
        }
        return .json(await fake.state())
    }

    static let reset: Endpoint.Answer = { desk, inquiry async throws(Problem) in
        await (try await desk.fake(inquiry)).reset()
        return .nothing
    }
}

extension Desk {
    /// The fake that the path names.
    func fake(_ inquiry: Inquiry) async throws(Problem) -> RunningFake {
        let id = inquiry.parameters["id"] ?? ""
        guard let fake = await company.fake(id) else {
            throw .unknown("fake", id, known: await company.fakes.map(\.id))
        }
        return fake
    }
}

extension RunningFake {
    /// As the ready line tells it.
    var json: JSON {
        var object: JSONObject = ["id": .string(id), "kind": .string(kind.rawValue)]
        if let app { object["app"] = .string(app) }
        object["url"] = .string(url)
        if urls.count > 1 { object["also"] = .array(urls.dropFirst().map { .string($0) }) }
        return .object(object)
    }
}
