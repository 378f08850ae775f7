import GradioAssets
import JSONTree

/// The fake's own page, where no web interface of the real package is at hand: what scripts look for, and for people what can be called.
enum PageTexts {
    static func page(title: String, version: String, config: JSON, info: JSON, base: String) -> String {
        let root = config["root"]?.string ?? ""
        let isLocked = config["auth_required"]?.bool == true
        let told = isLocked ? [:] : info["named_endpoints"]?.object ?? [:]
        let endpoints = told.map { section($0.key, $0.value, root: root, config) }
        let lead =
            isLocked
            ? "It wants a login before it tells more: POST <code>username</code> and <code>password</code> to <code>login</code>."
            : "This is a stand-in for a Gradio app. It answers the app's API as the real one does; these are its endpoints."
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <base href="\(base)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <link rel="icon" href="favicon.ico">
            <link rel="stylesheet" href="theme.css">
            <style>\(style)</style>
            <script>document.documentElement.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches)</script>
            <script>window.gradio_config = \(PageTemplate.script(config));</script>
            <script>window.gradio_api_info = \(PageTemplate.script(info));</script>
            </head>
            <body>
            <header><h1>\(escaped(title))</h1><p><small>Gradio \(escaped(version))</small></p></header>
            <p>\(lead)</p>
            \(endpoints.joined(separator: "\n"))
            </body>
            </html>

            """
    }

    private static func section(_ name: String, _ endpoint: JSON, root: String, _ config: JSON) -> String {
        let rows = (endpoint["parameters"]?.array ?? []).map { row in
            let has = row["parameter_has_default"]?.bool == true
            return """
                <tr><td><code>\(escaped(row["parameter_name"]?.string ?? row["label"]?.string ?? ""))</code></td>\
                <td>\(escaped(row["label"]?.string ?? ""))</td>\
                <td>\(type(row))</td><td>\(has ? code(row["parameter_default"]?.text(.pythonUTF8) ?? "null") : "")</td></tr>
                """
        }
        let results = (endpoint["returns"]?.array ?? []).map { row in
            "\(escaped(row["label"]?.string ?? "")) (\(type(row)))"
        }
        let description = endpoint["description"]?.string ?? ""
        let table =
            rows.isEmpty
            ? "<p>It takes nothing.</p>"
            : """
            <div><table><thead><tr><th>argument</th><th>label</th><th>type</th><th>otherwise</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
        return """
            <section><h2>\(escaped(name))</h2>
            \(description.isEmpty ? "" : "<p>\(escaped(description))</p>")
            \(table)
            <p>It returns \(results.isEmpty ? "nothing" : results.joined(separator: ", ")).</p>
            \(call(name, endpoint, root: root, config))</section>
            """
    }

    /// How to call it from a shell; version 3 cannot be asked so simply.
    private static func call(_ name: String, _ endpoint: JSON, root: String, _ config: JSON) -> String {
        guard config["protocol"] != nil else { return "" }
        let values = (endpoint["parameters"]?.array ?? []).map { row in
            (row["parameter_has_default"]?.bool == true ? row["parameter_default"] : row["example_input"]) ?? .null
        }
        let base = root + (config["api_prefix"]?.string ?? "") + "/call" + name
        let body = JSON.object(["data": .array(values)]).text(.pythonUTF8).replacing("'", with: "'\\''")
        let text = """
            id=$(curl -s \(base) -H 'content-type: application/json' -d '\(body)' | cut -d'"' -f4)
            curl -N \(base)/$id
            """
        return "<details><summary>From a shell</summary><pre>\(escaped(text))</pre></details>"
    }

    private static func type(_ row: JSON) -> String { code(row["python_type"]?["type"]?.string ?? "any") }

    private static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

    private static func escaped(_ text: String) -> String { PageTemplate.escaped(text) }

    private static let style = """
        body { max-width: 54rem; margin: 2.5rem auto; padding: 0 1.25rem; font: 1rem/1.55 var(--font);
          background: var(--body-background-fill); color: var(--body-text-color); }
        header { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem;
          border-bottom: 3px solid var(--color-accent); }
        h1 { font-size: 1.75rem; margin: 0 0 .4rem; } header p { margin: 0; color: var(--body-text-color-subdued); }
        section { margin: 1.5rem 0; padding: .25rem 1.25rem 1rem; border: 1px solid var(--border-color-primary);
          border-radius: var(--radius-lg); background: var(--background-fill-secondary); }
        h2 { font: 600 1.1rem var(--font-mono); margin: 1rem 0 .5rem; color: var(--color-accent); }
        section > div { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
        th { text-align: left; font-weight: 500; color: var(--body-text-color-subdued); }
        th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--border-color-primary); vertical-align: top; }
        code, pre { font-family: var(--font-mono); font-size: .88em; overflow-wrap: anywhere; }
        td:first-child { white-space: nowrap; font-weight: 600; } pre { padding: .8rem; border-radius: var(--radius-md); white-space: pre-wrap;
          background: var(--code-background-fill); } summary { cursor: pointer; color: var(--link-text-color); }
        """

    /// `/theme.css`.
    static var theme: String { String(decoding: unsafe EmbeddedData.bytes(gradioTheme()), as: UTF8.self) }

    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#d9480f" \
        d="M4 6h24v4H4zm0 8h16v4H4zm0 8h20v4H4z"/></svg>
        """
}
