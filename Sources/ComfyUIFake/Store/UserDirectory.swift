internal import JSONTree

/// The server's users (`app/user_manager.py` upstream). In single-user mode everybody is `default`.
struct UserDirectory {
    /// The oldest goes when one more comes.
    static let mostUsers = 10_000

    let isMultiUser: Bool
    private var users: [(id: String, name: String)] = []
    /// Somebody's folder has been made.
    private(set) var isUsed = false

    init(isMultiUser: Bool) { self.isMultiUser = isMultiUser }

    /// The answer of `GET /users`.
    var listing: JSON {
        if !isMultiUser { return ["storage": "server", "migrated": .bool(isUsed)] }
        return ["storage": "server", "users": .object(JSONObject(users.map { ($0.id, .string($0.name)) }))]
    }

    /// Who sent a request, by the header `comfy-user`; `nil` for somebody unknown.
    mutating func user(named header: String?) -> String? {
        isUsed = true
        if !isMultiUser { return "default" }
        guard let header, users.contains(where: { $0.id == header }) else { return nil }
        return header
    }

    /// Adds a user.
    ///
    /// - Parameter uuid: what makes the id unique.
    /// - Returns: the id, or `nil` if the name is taken.
    mutating func add(_ name: String, uuid: String) -> String? {
        if users.contains(where: { $0.name == name }) { return nil }
        var id = ""
        for character in name {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
            if isPlain { id.append(character) } else if !id.hasSuffix("-") { id.append("-") }
        }
        if users.count >= UserDirectory.mostUsers { users.removeFirst() }
        users.append((id: "\(id)_\(uuid)", name: name))
        return users.last?.id
    }
}
