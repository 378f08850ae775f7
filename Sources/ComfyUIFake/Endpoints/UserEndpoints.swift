internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

// Users and their settings (upstream's app/user_manager.py and app/app_settings.py).
extension FakeComfyUI {
    private static let settingsFile = "comfy.settings.json"

    func listUsers() -> Answer { .json(server.users.listing) }

    func addUser(_ call: Call) async throws -> Answer {
        guard let name = try await call.object()["username"]?.string?.trimmed, !name.isEmpty else {
            throw ServerTrouble()
        }
        var random = environment.random("user", name)
        guard let id = server.users.add(name, uuid: random.uuid()) else {
            return .json(["error": "Duplicate username."], status: 400)
        }
        return .json(.string(id))
    }

    /// The folder of who sent the request.
    ///
    /// - Throws: `ServerTrouble` for an unknown user.
    func userFolder(_ call: Call) throws -> String {
        guard let user = server.users.user(named: call.request.headers["comfy-user"]) else { throw ServerTrouble() }
        return user
    }

    func allSettings(_ call: Call) throws -> Answer { .json(.object(try settings(call))) }

    func oneSetting(_ call: Call) throws -> Answer { .json(try settings(call)[call["id"]] ?? .null) }

    func changeSettings(_ call: Call) async throws -> Answer {
        var settings = try settings(call)
        settings.merge(try await call.object())
        try keep(settings, call)
        return .empty()
    }

    func changeSetting(_ call: Call) async throws -> Answer {
        var settings = try settings(call)
        settings[call["id"]] = try await call.json()
        try keep(settings, call)
        return .empty()
    }

    private func settings(_ call: Call) throws -> JSONObject {
        guard let file = server.files[.user, "\(try userFolder(call))/\(Self.settingsFile)"] else { return [:] }
        guard let settings = JSON.found(in: file.bytes, options: .python)?.object else { throw ServerTrouble() }
        return settings
    }

    private func keep(_ settings: JSONObject, _ call: Call) throws {
        server.keep(
            JSON.object(settings).bytes(.python), in: .user, as: "\(try userFolder(call))/\(Self.settingsFile)")
    }
}
