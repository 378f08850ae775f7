// Files: to the app and from it.
extension GradioClient {
    /// Sends a file; what comes back can be an argument of a call.
    public func upload(_ bytes: [UInt8], name: String, mediaType: String = "application/octet-stream") async throws
        -> GradioFile
    {
        let app = try await loaded()
        if let most = app.maximumFileBytes, bytes.count > most {
            throw peer.error(.tooLarge, expected: "a file of \(most) bytes at most", came: "got \(bytes.count)")
        }
        var form = MultipartForm()
        form.add("files", filename: name, type: mediaType, bytes)
        let request = HTTPCall(
            method: .post, url: url + app.prefix + "/upload", headers: [("Content-Type", form.contentType)],
            body: form.bytes)
        // Equal content gets an equal place: to send it twice does nothing twice (protocol, section 11).
        let view = try await repeated { left in
            try JSONView(parsing: try await fetched(request, left), source: source(request))
        }
        guard let path = view.value[0]?.string else { throw view.unexpected("a list with a path") }
        return GradioFile(path: path, name: name, size: bytes.count)
    }

    /// The bytes of a file.
    ///
    /// - Parameter digest: its SHA-256 in hexadecimal digits, if it is known.
    /// - Throws: ``ConnectivityError``; `truncated` if the size, `protocol` if the digest is another.
    public func download(_ file: GradioFile, digest: String? = nil) async throws -> [UInt8] {
        let app = try await loaded()
        let request = HTTPCall(url: "\(url)\(app.prefix)/file=\(PercentEncoding.encoded(file.path, keeping: "/"))")
        return try await repeated { left in
            let bytes = try await fetched(request, left)
            if let size = file.size, size != bytes.count {
                throw peer.error(
                    .truncated, expected: "\(size) bytes from \(request.url)", came: "got \(bytes.count)",
                    canRetry: true)
            }
            if let digest {
                let actual = SHA256.hex(of: bytes)
                guard actual == digest.lowercased() else {
                    throw peer.error(
                        .protocol, expected: "a file with digest \(digest) from \(request.url)", came: "got \(actual)")
                }
            }
            return bytes
        }
    }
}
