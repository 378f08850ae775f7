internal import SocketServer

/// The few files of the web interface's place that clients ask for, where there is no interface itself.
enum StaticFiles {
    private static let page =
        """
        <!doctype html><html lang="en"><head><link rel="stylesheet" href="user.css">
        <meta charset="utf-8"><title>ComfyUI</title></head>
        <body><h1>Understudy</h1><p>This is a stand-in for ComfyUI: the API is here, the web frontend is not.</p></body></html>

        """

    private static let script =
        """
        // Shim for scripts/app.ts
        export const ANIM_PREVIEW_WIDGET = "animation";
        export const app = {};

        """

    /// What the page itself is sent with.
    static let neverKept: HeaderFields = [
        "Cache-Control": "no-store, must-revalidate", "Pragma": "no-cache", "Expires": "0",
    ]

    /// When these files were made, in nanoseconds since 1970: they do not change while the program runs.
    static let made = 1_795_344_364_000_000_000

    /// Where they are.
    static let paths = ["/", "/index.html", "/scripts/app.js"]

    static func answer(_ path: String, _ request: Request) -> Answer {
        switch path {
        case "/": return file(page, "text/html", neverKept).answer(to: request)
        case "/index.html": return file(page, "text/html").answer(to: request)
        case "/scripts/app.js": return file(script, "application/javascript").answer(to: request)
        default: return .missingFile(request.version)
        }
    }

    private static func file(_ text: String, _ type: String, _ fields: HeaderFields = [:]) -> FileAnswer {
        FileAnswer(
            file: FileStore.File(bytes: Array(text.utf8), modified: made, created: made), type: type, fields: fields)
    }
}
