internal import Encodings
import Fakes
import JSONTree
internal import Scenarios
import SocketServer

extension FakeGradio {
    /// `POST /upload`: parts named `files` are kept, their paths answered.
    func upload(_ exchange: Exchange) async -> Reply {
        let request = exchange.request
        guard request.headers["content-type"]?.lowercased().hasPrefix("multipart/form-data") == true else {
            if app.major == .three {
                return BodyComplaint("missing", ["body", "files"], "Field required", .null).reply
            }
            return .detail(400, "Invalid content type.")
        }
        let watch = request.queryItems["upload_id"].map { id in
            let watch = UploadWatch()
            uploads[id] = watch
            return watch
        }
        defer { watch?.finish() }
        do {
            let paths = try await receive(exchange, watch)
            // Version 3 declares the parts, so its framework misses them.
            if paths.isEmpty, app.major == .three {
                return BodyComplaint("missing", ["body", "files"], "Field required", .null).reply
            }
            return .json(.array(paths.map { .string($0) }))
        } catch let refusal as Refusal {
            return refusal.reply
        } catch let fault as MultipartFault {
            return answer(to: fault)
        } catch {
            return internalError  // the client has gone
        }
    }

    /// Takes the parts as they come; a file that is too large ends it at once.
    private func receive(_ exchange: Exchange, _ watch: UploadWatch?) async throws -> [String] {
        var parser = try MultipartParser(contentType: exchange.request.headers["content-type"])
        var paths: [String] = []
        var head: MultipartHead?
        var content: [UInt8] = []
        let bound = app.definition.launch.maxFileSize
        while let piece = try await exchange.nextBodyPiece() {
            for event in try parser.feed(piece) {
                switch event {
                case .part(let new): (head, content) = (new, [])
                case .content(let bytes):
                    guard let head, head.name == "files" else { continue }
                    content += bytes
                    watch?.add(bytes.count, of: head.filename ?? "")
                    if let limit = [bound, options.fileMemory].compactMap({ $0 }).min(), content.count > limit {
                        throw Refusal(
                            .plain("File size exceeded maximum allowed size of \(limit) bytes.", status: 413))
                    }
                case .partEnd:
                    guard let head, head.name == "files" else { continue }
                    guard let name = head.filename else { throw Refusal(internalError) }
                    files.now = now
                    paths.append(files.store(upload: content, name: storedName(name, content)))
                case .end: break
                }
            }
        }
        return paths
    }

    private func storedName(_ name: String, _ content: [UInt8]) -> String {
        guard name.isEmpty else { return FileName.cleaned(name, major: app.major) }
        var luck = environment.random("upload", SHA256.hex(content))
        return "tmp" + luck.hex(10)
    }

    private func answer(to fault: MultipartFault) -> Reply {
        let text: String
        switch fault {
        case .notMultipart: return .detail(400, "Invalid content type.")
        case .missingBoundary:
            text = "Missing boundary in multipart."
            return app.major == .three ? .detail(400, .string(text)) : .plain(text, status: 400)
        case .badBoundary(let expected, let got, let index):
            text = "Expected boundary character \(expected), got \(got) at index \(index)"
        case .badHeader, .tooLarge, .truncated: text = "Did not find LF character at end of header"
        }
        switch app.major {
        case .six: return .plain("Could not parse multipart request: \(text)", status: 400)
        case .three: return .detail(400, "There was an error parsing the body")
        default: return internalError
        }
    }

    /// `GET /upload_progress`.
    func uploadProgress(_ query: QueryItems) async -> Reply {
        guard let id = query["upload_id"] else { return BodyComplaint.missingQuery("upload_id").reply }
        // An upload that is announced but has not begun yet is waited for.
        for _ in 0..<30 where uploads[id] == nil {
            do { try await environment.sleep(.milliseconds(100)) } catch { return internalError }
        }
        guard uploads[id] != nil else { return .plain("Upload not found", status: 404) }
        return .events { writer in try await self.report(id, writer) }
    }

    private func report(_ id: String, _ writer: ResponseWriter) async throws {
        guard let watch = uploads[id] else { return }
        for await _ in watch.watch() {
            for (name, bytes) in watch.take() {
                let message: JSON = ["msg": "update", "orig_name": .string(name), "chunk_size": .int(bytes)]
                try await writer.write("data: \(message.text(.python))\n\n")
            }
            if watch.isDone {
                uploads[id] = nil
                return try await writer.write("data: {\"msg\": \"done\"}\n\n")
            }
        }
        throw CancellationError()
    }
}
