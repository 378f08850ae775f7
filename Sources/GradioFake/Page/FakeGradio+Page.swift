internal import Encodings
import Fakes
import JSONTree
import SocketServer

extension FakeGradio {
    /// `GET /config`.
    func config(_ caller: Caller) -> Reply { .json(config(for: caller)) }

    func config(for caller: Caller) -> JSON {
        let launch = app.definition.launch
        return app.config(
            root: caller.root, appID: appID, user: caller.user, showError: launch.showError,
            maxFileSize: launch.maxFileSize)
    }

    /// `GET /info`.
    func info(_ caller: Caller, _ query: QueryItems) -> Reply {
        // Any text is true to the real server, "False" too (6.31.0, routes.py). Only a page's description is given
        // examples whatever is asked for; the one page of an app is nameless.
        let all = app.major >= .five && query["all_endpoints"]?.isEmpty == false
        return .json(app.description(root: caller.root, all: all, hasExamples: !all || query["page"] == ""))
    }

    /// `GET /`: the page of the web interface, or a plain one with what that tells scripts.
    func page(_ caller: Caller, base: String) -> Reply {
        let isLocked = !options.app.launch.users.isEmpty && caller.user == nil
        let config = isLocked ? lockedConfig(caller) : config(for: caller)
        // 6 tells its API to everybody who sees its page.
        let tellsAPI = !isLocked || app.major == .six
        let info = tellsAPI ? app.description(root: caller.root, all: false) : JSON.object([:])
        if let page = options.webInterface {
            var config = config
            config["current_page"] = ""
            if !isLocked { config["deep_link_state"] = "none" }
            return .plain(page.page(config: config, info: info, base: base), type: "text/html; charset=utf-8")
        }
        let text = PageTexts.page(
            title: app.definition.title, version: app.major.version, config: config, info: info, base: base)
        return .plain(text, type: "text/html; charset=utf-8")
    }

    /// What the page of a locked app knows: enough to show a login.
    private func lockedConfig(_ caller: Caller) -> JSON {
        var config: JSON = [
            "auth_required": true, "auth_message": options.app.launch.authMessage.map { .string($0) } ?? .null,
            "space_id": nil, "root": .string(caller.root),
        ]
        if app.major >= .five {
            config["page"] = ["": ["layout": [:]]]
            config["pages"] = [""]
        }
        config["components"] = []
        config["dependencies"] = []
        return config
    }

    /// `GET /manifest.json`.
    var manifest: Reply {
        guard app.major == .six else { return .detail(404, "PWA not enabled.") }
        return .json(
            [
                "name": .string(app.definition.title),
                "icons": [
                    [
                        "src": "static/img/logo_nosize.svg", "sizes": "any", "type": "image/svg+xml",
                        "purpose": "any",
                    ]
                ], "start_url": "./", "display": "standalone",
            ], type: "application/manifest+json")
    }

    /// `GET /monitoring/summary`.
    var monitoringSummary: Reply {
        var functions = JSONObject()
        for function in app.functions {
            guard let clock = clocks[function.id] else { continue }
            let total = clock.count + clock.failures
            let mean = JSON.double(clock.mean)
            functions[function.apiName] = [
                "success_rate": .double(total == 0 ? 0 : Double(clock.count) / Double(total)),
                "process_time_percentiles": ["50th": mean, "90th": mean, "99th": mean],
                "total_requests": .int(total),
            ]
        }
        return .json(["functions": .object(functions)])
    }

    /// `GET /static/…` and `/assets/…`: files of the web interface; without one there is nothing but an icon.
    func staticFile(_ folder: String, _ path: String) async -> Reply {
        if path.isEmpty || path.last == "/" { return .detail(400, "Bad Request") }
        if let page = options.webInterface {
            guard let file = await environment.aside({ page.file("\(folder)/\(path)") }) else {
                return .detail(404, "Not Found")
            }
            return Self.file(
                file.bytes, type: ContentType.ofStatic(path), modified: WallTime(seconds: file.modified),
                tellsRanges: app.major > .three)
        }
        if path.hasSuffix("logo.svg") || path.hasSuffix("logo_nosize.svg") && app.major >= .five { return icon }
        return .detail(404, "Not Found")
    }

    /// The icon, as a static file.
    var icon: Reply {
        Self.file(
            Array(PageTexts.icon.utf8), type: "image/svg+xml", modified: started, tellsRanges: app.major > .three)
    }

    private static func file(_ bytes: [UInt8], type: String, modified: WallTime, tellsRanges: Bool) -> Reply {
        var fields: HeaderFields = ["content-type": type]
        if tellsRanges { fields.append("accept-ranges", "bytes") }
        fields.append("content-length", "\(bytes.count)")
        fields.append("last-modified", modified.httpDate)
        fields.append("etag", "\"\(SHA256.hex(bytes).prefix(32))\"")
        return Reply(headers: fields, body: .bytes(bytes))
    }

    /// `POST /component_server`: no component of an app file has functions of its own.
    func componentServer(_ exchange: Exchange) async -> Reply {
        // A body that broke off is as little of a question as one that is no JSON.
        guard let body = try? await exchange.body(), let json = JSON.found(in: body, options: .python),
            let object = json.object,
            ["data", "component_id", "fn_name", "session_hash"].allSatisfy({ object[$0] != nil })
        else { return .detail(400, "Invalid JSON body.") }
        return .detail(404, "Function not found.")
    }

    /// `POST /stream/{event}`: input for an event that takes a stream, of which there are none.
    func streamInput(_ exchange: Exchange) async -> Reply {
        switch await read(exchange, .predict) {
        case .failure(let refusal): refusal.reply
        case .success: app.major == .five ? internalError : .empty(404)
        }
    }

    /// `GET /stream/…`: live media of streaming outputs, of which there are none.
    func playlist(_ parameters: [String: String], body: String?) -> Reply {
        // 5 wants a number for the run, too.
        let numbers = app.major == .five ? ["run", "component"] : ["component"]
        var complaint = BodyComplaint()
        for name in numbers where Int(parameters[name] ?? "") == nil {
            complaint.add(
                "int_parsing", ["path", name == "run" ? "run" : "component_id"],
                "Input should be a valid integer, unable to parse string as an integer",
                .string(parameters[name] ?? ""))
        }
        guard complaint.items.isEmpty else { return complaint.reply }
        guard let body else { return .empty(404) }
        return Reply(
            status: 404, headers: ["content-length": "\(body.utf8.count)"], body: .bytes(Array(body.utf8)))
    }

    /// The story's status pages, which the real server does not have.
    func storyStatus(_ request: Request) -> Reply? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        switch StoryPath(rawValue: request.path) {
        case .health:
            return .json([
                "status": "healthy", "app": .string(app.definition.title), "version": .string(app.major.version),
            ])
        case .status:
            return .json([
                "status": "running", "app": .string(app.definition.title), "version": .string(app.major.version),
                "queue_size": .int(queue.waiting.count), "running": .int(queue.runningCount),
            ])
        case .ready: return .json(["ready": true, "app": .string(app.definition.title)])
        case nil: return nil
        }
    }
}

/// The story's small status pages.
enum StoryPath: String, CaseIterable {
    case health = "/api/health"
    case status = "/api/status"
    case ready = "/api/ready"
}
