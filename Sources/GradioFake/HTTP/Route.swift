import SocketServer

/// What the server does, by name.
enum Route: Sendable {
    case page, runs, config, info, openAPI, appID, startupEvents, theme, robots, manifest, favicon, monitoring
    case monitoringSummary, staticFolder, missingComponent, deepLink
    case join, data, status, cancel, reset, heartbeat
    case call, namedCall, callEvents, run
    case upload, uploadProgress, file, proxy
    case login, logout, user, token, loginCheck
    case componentServer, stream, closeStream, playlist, segment, devReload
    case webSocketQueue

    /// Whether it is answered without a login.
    var isOpen: Bool {
        switch self {
        case .page, .runs, .appID, .startupEvents, .theme, .robots, .manifest, .favicon, .staticFolder,
            .missingComponent,
            .cancel, .reset, .heartbeat, .login, .logout, .user, .token, .stream, .closeStream, .playlist, .segment,
            .webSocketQueue:
            true
        default: false
        }
    }
}

extension RouteTable<Route> {
    /// The routes of a version.
    static func gradio(_ major: GradioMajor) -> RouteTable {
        var table = RouteTable()
        for (method, path, route) in gradioRoutes(major) { table.on(method, path, route) }
        return table
    }

    /// The same as a list.
    static func gradioRoutes(_ major: GradioMajor) -> [(method: String, path: String, route: Route)] {
        var list: [(method: String, path: String, route: Route)] = []
        func on(_ method: String, _ path: String, _ route: Route) { list.append((method, path, route)) }
        let prefix = major >= .five ? "/gradio_api" : ""
        /// Both with and without a final slash.
        func both(_ method: String, _ path: String, _ route: Route) {
            on(method, path, route)
            on(method, path + "/", route)
        }
        on("GET", "/", .page)
        on("HEAD", "/", .page)
        both("GET", "/config", .config)
        both("POST", "/login", .login)
        if major > .three { on("GET", "/logout", .logout) }
        on("GET", "/theme.css", .theme)
        on("GET", "/robots.txt", .robots)
        on("GET", "/favicon.ico", .favicon)
        on("GET", "/static/{path...}", .staticFolder)
        on("GET", "/assets/{path...}", .staticFolder)

        both("GET", prefix + "/info", .info)
        both("GET", prefix + "/app_id", .appID)
        both("GET", prefix + "/token", .token)
        both("GET", prefix + "/user", .user)
        both("GET", prefix + "/login_check", .loginCheck)
        both("POST", prefix + "/reset", .reset)
        both("POST", prefix + "/component_server", .componentServer)
        both("POST", prefix + "/run/{name}", .run)
        both("POST", prefix + "/api/{name}", .run)
        on("GET", prefix + "/startup-events", .startupEvents)
        on("GET", prefix + "/queue/status", .status)
        on("POST", prefix + "/upload", .upload)
        for path in ["/file={path...}", "/file/{path...}"] { on("GET", prefix + path, .file) }
        on("HEAD", prefix + "/file={path...}", .file)
        on("GET", prefix + "/proxy={path...}", .proxy)
        on("HEAD", prefix + "/proxy={path...}", .proxy)
        on("GET", prefix + "/custom_component/{path...}", .missingComponent)
        guard major > .three else {
            // A route for WebSocket alone is none for other requests, whatever their method.
            on("*", "/queue/join", .webSocketQueue)
            return list
        }

        on("POST", prefix + "/queue/join", .join)
        on("GET", prefix + "/queue/data", .data)
        on("POST", prefix + "/cancel", .cancel)
        on("GET", prefix + "/heartbeat/{session}", .heartbeat)
        on("GET", prefix + "/upload_progress", .uploadProgress)
        on("GET", "/monitoring", .monitoring)
        on("GET", "/monitoring/summary", .monitoringSummary)
        if major >= .five {
            on("POST", prefix + "/stream/{event}", .stream)
            on("POST", prefix + "/stream/{event}/close", .closeStream)
            on("GET", prefix + "/stream/{session}/{run}/{component}/playlist.m3u8", .playlist)
            on("GET", prefix + "/stream/{session}/{run}/{component}/playlist-file", .playlist)
            on("GET", prefix + "/stream/{session}/{run}/{component}/{segment}", .segment)
            on("GET", "/manifest.json", .manifest)
        }
        if major == .six {
            both("POST", prefix + "/call/v2/{name}", .namedCall)
            on("GET", prefix + "/call/v2/{name}/{event}", .callEvents)
            on("GET", prefix + "/openapi.json", .openAPI)
            both("GET", prefix + "/runs", .runs)
        }
        both("POST", prefix + "/call/{name}", .call)
        on("GET", prefix + "/call/{name}/{event}", .callEvents)
        on("GET", prefix + "/theme.css", .theme)
        if major >= .five { on("GET", prefix + "/deep_link", .deepLink) }
        on("GET", prefix + "/dev/reload", .devReload)
        return list
    }
}
