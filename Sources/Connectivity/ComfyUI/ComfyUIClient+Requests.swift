// What can be asked of the server without a WebSocket.
extension ComfyUIClient {
    /// The bytes of an output.
    public nonisolated func download(_ file: OutputFile) async throws -> [UInt8] {
        try await requests.download(file)
    }

    /// Sends a picture to the folder of inputs. The answer tells the name that it has there.
    public nonisolated func uploadImage(
        _ bytes: [UInt8], name: String, mediaType: String = "image/png", subfolder: String = "", overwrite: Bool = false
    ) async throws -> UploadedFile {
        try await requests.upload(
            bytes, to: "/upload/image", name: name, mediaType: mediaType,
            fields: ["type": "input", "subfolder": subfolder, "overwrite": overwrite ? "true" : "false"])
    }

    /// Sends a mask for a picture that is there: its alpha channel becomes that of the picture.
    public nonisolated func uploadMask(
        _ bytes: [UInt8], name: String, of original: OutputFile, subfolder: String = ""
    ) async throws -> UploadedFile {
        let reference: JSONValue = [
            "filename": .string(original.filename), "subfolder": .string(original.subfolder),
            "type": .string(original.type),
        ]
        return try await requests.upload(
            bytes, to: "/upload/mask", name: name, mediaType: "image/png",
            fields: ["type": "input", "subfolder": subfolder, "original_ref": reference.description])
    }

    /// The server and its machine.
    public nonisolated func systemStats() async throws -> SystemStats { try await requests.stats() }

    /// The ids of the jobs that the server has before it.
    public nonisolated func queue() async throws -> JobQueue { try await requests.queue() }

    /// What the server remembers of a job; nil if nothing.
    public nonisolated func history(of id: String) async throws -> HistoryEntry? {
        try await requests.history(of: id)
    }

    /// What a node class takes and gives, or all of them; by the name of the class.
    public nonisolated func objectInfo(_ name: String? = nil) async throws -> [String: JSONValue] {
        try await requests.objectInfo(name)
    }
}
