internal import Encodings
internal import Fakes
internal import JSONTree
internal import SocketServer

/// A page for people.
enum Page: Sendable {
    case root, redoc, dashboard
}

/// The pages, the OpenAPI document and the list of routes. The root and the dashboard are the fake's own: they say what
/// stands here.
extension FakeLiteLLM {
    func page(_ page: Page, _ visit: Visit) -> Reply {
        switch page {
        case .root: return .page(Self.rootPage, crossOrigin: visit.crossOrigin)
        case .redoc: return .page(Self.redocPage, crossOrigin: visit.crossOrigin)
        case .dashboard:
            var headers: HeaderFields = ["content-type": "text/html; charset=utf-8", "accept-ranges": "bytes"]
            headers.append("content-length", String(Self.dashboardPage.utf8.count))
            headers.append("last-modified", environment.now().httpDate)
            headers.append("etag", "\"\(SHA256.hex(Self.dashboardPage).prefix(32))\"")
            headers.close(crossOrigin: visit.crossOrigin)
            return Reply(headers: headers, body: .bytes(Array(Self.dashboardPage.utf8)))
        }
    }

    /// Not the Swagger UI, which is much code: its title, and where to go on.
    private static let rootPage = """

            <!DOCTYPE html>
            <html>
            <head>
            <meta name="viewport" content="width=device-width, initial-scale=1.0">
            <meta charset="utf-8">
            <title>LiteLLM API - Swagger UI</title>
            </head>
            <body>
            <h1>LiteLLM API</h1>
            <p>A stand-in of the LiteLLM proxy, version \(FixedFields.version). Its routes are in
            <a href="/openapi.json">openapi.json</a>, its models at <a href="/v1/models">/v1/models</a>.</p>
            </body>
            </html>

        """

    /// What FastAPI makes for ReDoc (`fastapi/openapi/docs.py`, `get_redoc_html`), to the byte: tools look for the
    /// element and for where the document is.
    private static let redocPage = """

            <!DOCTYPE html>
            <html>
            <head>
            <title>LiteLLM API - ReDoc</title>
            <!-- needed for adaptive design -->
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1">
           \u{20}
            <link href="https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700" rel="stylesheet">
           \u{20}
            <link rel="shortcut icon" href="https://fastapi.tiangolo.com/img/favicon.png">
            <!--
            ReDoc doesn't change outer page styles
            -->
            <style>
              body {
                margin: 0;
                padding: 0;
              }
            </style>
            </head>
            <body>
            <noscript>
                ReDoc requires Javascript to function. Please enable it to browse the documentation.
            </noscript>
            <redoc spec-url="/openapi.json"></redoc>
            <script src="https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js"> </script>
            </body>
            </html>
           \u{20}
        """

    private static let dashboardPage =
        #"<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/>"#
        + #"<meta name="viewport" content="width=device-width, initial-scale=1"/><title>LiteLLM Dashboard</title></head>"#
        + "<body><h1>LiteLLM Dashboard</h1><p>The stand-in has no dashboard.</p></body></html>"

    // MARK: Lists

    func openAPI(_ visit: Visit) -> Reply {
        .json(Self.openAPIDocument, crossOrigin: visit.crossOrigin)
    }

    private static let openAPIDocument: [UInt8] = {
        var paths = JSONObject()
        for (method, path, _) in catalogue where method != "HEAD" && method != "OPTIONS" {
            let shown = path.replacing("{endpoint...}", with: "{endpoint}")
            let words = shown.split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
            let operation: JSON = [
                "summary": .string(words.replacing("_", with: " ")),
                "operationId": .string("\(words)_\(method.lowercased())"),
                "responses": ["200": ["description": "Successful Response"]],
            ]
            var methods = paths[shown]?.object ?? [:]
            methods[method.lowercased()] = operation
            paths[shown] = .object(methods)
        }
        let document: JSON = [
            "openapi": "3.1.0",
            "info": [
                "title": "LiteLLM API",
                "description": "Proxy Server to call 100+ LLMs in the OpenAI format. A stand-in answers.",
                "version": .string(FixedFields.version),
            ], "paths": .object(paths),
        ]
        return document.bytes()
    }()

    func routeList(_ visit: Visit) -> Reply {
        .json(Self.routeListDocument, crossOrigin: visit.crossOrigin)
    }

    /// The few routes that the real proxy lists here: those that are not loaded when they are first asked for.
    private static let routeListDocument: [UInt8] = {
        let reading = ["GET", "HEAD"]
        let every = ["PUT", "OPTIONS", "HEAD", "PATCH", "POST", "DELETE", "GET"]
        let routes: [(String, [String]?, String)] = [
            ("/openapi.json", reading, "openapi"), ("/", reading, "swagger_ui_html"),
            ("/docs/oauth2-redirect", reading, "swagger_ui_redirect"), ("/redoc", reading, "redoc_html"),
            ("/vertex_ai/live", nil, "vertex_ai_live_passthrough_endpoint"),
            ("/realtime", nil, "realtime_websocket_endpoint"), ("/v1/realtime", nil, "realtime_websocket_endpoint"),
            ("/openai/v1/realtime", nil, "realtime_websocket_endpoint"),
            ("/live/sessions", nil, "live_sessions_websocket_endpoint"),
            ("/v1/live/sessions", nil, "live_sessions_websocket_endpoint"),
            ("/openai/v1/live/sessions", nil, "live_sessions_websocket_endpoint"),
            ("/fallback/login", ["GET"], "fallback_login"), ("/onboarding/get_token", ["GET"], "onboarding"),
            ("/onboarding/claim_token", ["POST"], "claim_onboarding_link"), ("/get_logo_url", ["GET"], "get_logo_url"),
            ("/get_image", ["GET"], "get_image"), ("/get_favicon", ["GET"], "get_favicon"),
            ("/mcp/proxy", every, "proxy_mcp_route"), ("/mcp", every, "aggregate_mcp_route"),
            ("/toolset/{toolset_name}/mcp", every, "toolset_mcp_route"),
            ("/{mcp_server_name}/mcp", every, "dynamic_mcp_route"),
        ]
        let list = routes.map { path, methods, name -> JSON in
            [
                "path": .string(path), "methods": methods.map { .array($0.map { .string($0) }) } ?? .null,
                "name": .string(name), "endpoint": .string(name),
            ]
        }
        return JSON.object(["routes": .array(list)]).bytes()
    }()
}
