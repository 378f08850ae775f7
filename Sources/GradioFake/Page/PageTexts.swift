import JSONTree

/// The texts of the fake's own page. The real front end belongs to the package and is not part of the program.
enum PageTexts {
    /// The page: what scripts look for, and a list of the endpoints for people.
    static func page(title: String, config: JSON, info: JSON) -> String {
        let endpoints = (info["named_endpoints"]?.object ?? [:]).map { name, endpoint in
            let arguments = (endpoint["parameters"]?.array ?? []).map { row in
                "<li><code>\(escaped(row["parameter_name"]?.string ?? row["label"]?.string ?? ""))</code> "
                    + "\(escaped(row["label"]?.string ?? "")) "
                    + "<small>\(escaped(row["python_type"]?["type"]?.string ?? ""))</small></li>"
            }
            let results = (endpoint["returns"]?.array ?? []).map { escaped($0["label"]?.string ?? "") }
            return """
                <section><h2>\(escaped(name))</h2><ul>\(arguments.joined())</ul>
                <p>returns \(results.isEmpty ? "nothing" : results.joined(separator: ", "))</p></section>
                """
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <link rel="stylesheet" href="theme.css">
            <script>window.gradio_config = \(script(config));</script>
            <script>window.gradio_api_info = \(script(info));</script>
            </head>
            <body>
            <h1>\(escaped(title))</h1>
            <p>This is a stand-in for a Gradio app. It answers the app's API; the page of the real front end is not
            part of it.</p>
            \(endpoints.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    /// JSON within a script element.
    private static func script(_ json: JSON) -> String {
        var text = ""
        for scalar in json.text(.pythonUTF8).unicodeScalars {
            switch scalar {
            case "<": text += "\\u003c"
            case ">": text += "\\u003e"
            case "&": text += "\\u0026"
            case "'": text += "\\u0027"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    static let theme = """
        :root { --body-background-fill: #ffffff; --body-text-color: #27272a; --color-accent: #d9480f; }
        body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; background: var(--body-background-fill);
          color: var(--body-text-color); font-family: system-ui, sans-serif; line-height: 1.5; }
        h2 { color: var(--color-accent); font-size: 1.1rem; }
        code { background: #f4f4f5; padding: 0 .3em; }

        """

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#d9480f" \
        d="M4 6h24v4H4zm0 8h16v4H4zm0 8h20v4H4z"/></svg>
        """
}
