import SocketServer

/// What the server does, by name.
enum Route: Sendable {
    case page, config, info, openAPI, appID, startupEvents, theme, robots, manifest, favicon, monitoring
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
        case .page, .appID, .startupEvents, .theme, .robots, .manifest, .favicon, .staticFolder, .missingComponent,
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
        let prefix = major >= .five ? "/gradio_api" : ""
        /// Both with and without a final slash.
        func both(_ method: String, _ path: String, _ route: Route) {
            table.on(method, path, route)
            table.on(method, path + "/", route)
        }
        table.on("GET", "/", .page)
        table.on("HEAD", "/", .page)
        both("GET", "/config", .config)
        both("POST", "/login", .login)
        if major > .three { table.on("GET", "/logout", .logout) }
        table.on("GET", "/theme.css", .theme)
        table.on("GET", "/robots.txt", .robots)
        table.on("GET", "/favicon.ico", .favicon)
        table.on("GET", "/static/{path...}", .staticFolder)
        table.on("GET", "/assets/{path...}", .staticFolder)

        both("GET", prefix + "/info", .info)
        both("GET", prefix + "/app_id", .appID)
        both("GET", prefix + "/token", .token)
        both("GET", prefix + "/user", .user)
        both("GET", prefix + "/login_check", .loginCheck)
        both("POST", prefix + "/reset", .reset)
        both("POST", prefix + "/component_server", .componentServer)
        both("POST", prefix + "/run/{name}", .run)
        both("POST", prefix + "/api/{name}", .run)
        table.on("GET", prefix + "/startup-events", .startupEvents)
        table.on("GET", prefix + "/queue/status", .status)
        table.on("POST", prefix + "/upload", .upload)
        for path in ["/file={path...}", "/file/{path...}"] { table.on("GET", prefix + path, .file) }
        table.on("HEAD", prefix + "/file={path...}", .file)
        table.on("GET", prefix + "/proxy={path...}", .proxy)
        table.on("HEAD", prefix + "/proxy={path...}", .proxy)
        table.on("GET", prefix + "/custom_component/{path...}", .missingComponent)
        guard major > .three else {
            // A route for WebSocket alone is none for other requests, whatever their method.
            table.on("*", "/queue/join", .webSocketQueue)
            return table
        }

        table.on("POST", prefix + "/queue/join", .join)
        table.on("GET", prefix + "/queue/data", .data)
        table.on("POST", prefix + "/cancel", .cancel)
        table.on("GET", prefix + "/heartbeat/{session}", .heartbeat)
        table.on("GET", prefix + "/upload_progress", .uploadProgress)
        table.on("GET", "/monitoring", .monitoring)
        table.on("GET", "/monitoring/summary", .monitoringSummary)
        if major >= .five {
            table.on("POST", prefix + "/stream/{event}", .stream)
            table.on("POST", prefix + "/stream/{event}/close", .closeStream)
            table.on("GET", prefix + "/stream/{session}/{run}/{component}/playlist.m3u8", .playlist)
            table.on("GET", prefix + "/stream/{session}/{run}/{component}/playlist-file", .playlist)
            table.on("GET", prefix + "/stream/{session}/{run}/{component}/{segment}", .segment)
            table.on("GET", "/manifest.json", .manifest)
        }
        if major == .six {
            both("POST", prefix + "/call/v2/{name}", .namedCall)
            table.on("GET", prefix + "/call/v2/{name}/{event}", .callEvents)
            table.on("GET", prefix + "/openapi.json", .openAPI)
        }
        both("POST", prefix + "/call/{name}", .call)
        table.on("GET", prefix + "/call/{name}/{event}", .callEvents)
        table.on("GET", prefix + "/theme.css", .theme)
        if major >= .five { table.on("GET", prefix + "/deep_link", .deepLink) }
        table.on("GET", prefix + "/dev/reload", .devReload)
        return table
    }
}
