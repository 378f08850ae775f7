/// What a service itself says about a failure, in whichever of the usual envelopes.
enum ErrorText {
    /// `{"error": {"message": …}}` (OpenAI), `{"detail": …}` (FastAPI: a text, an object, a list of faults), or
    /// `{"error": "…"}`; nil for anything else.
    static func message(in value: JSONValue) -> String? {
        if let message = value["error"]?["message"]?.string { return message }
        if let detail = value["detail"] {
            if let faults = detail.array {
                return faults.compactMap { $0["msg"]?.string ?? $0["message"]?.string }.filter { !$0.isEmpty }
                    .joined(separator: "; ")
            }
            return detail.string ?? detail["error"]?.string ?? detail.description
        }
        return value["error"]?.string
    }

    static func message(in body: [UInt8]) -> String? {
        // A page of a proxy in between has no message; whoever asks shows its beginning instead.
        (try? JSONValue(parsing: body)).flatMap(message)
    }
}
