extension FakePattern: CustomStringConvertible {
    /// As a rule has it: `comfyui`, `gradio.wan2gp`, `any`.
    public var description: String { (kind ?? "any") + (id.map { "." + $0 } ?? "") }
}

extension Match: CustomStringConvertible {
    /// As a rule has it, without its conditions: `comfyui POST /prompt`.
    public var description: String {
        switch subject {
        case .whole: "\(fake)"
        case .connect: "\(fake) connect"
        case .request(let method, let path): "\(fake) \(method.map { $0 + " " } ?? "")\(path)"
        case .opens(let path): "\(fake) opens \(path)"
        case .receives(let type): "\(fake) receives\(type.map { " " + $0 } ?? "")"
        case .sends(let type): "\(fake) sends\(type.map { " " + $0 } ?? "")"
        }
    }
}
