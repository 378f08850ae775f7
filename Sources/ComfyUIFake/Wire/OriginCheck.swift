/// Keeps web pages of other origins away from a server on loopback (`create_origin_only_middleware` in upstream's
/// server.py).
enum OriginCheck {
    /// Whether a request is refused with 403.
    static func refuses(host: String?, origin: String?, fetchSite: String?) -> Bool {
        if fetchSite == "cross-site" { return true }
        guard let host, let origin else { return false }
        let target = Authority(host.lowercased())
        // `null` has no authority: such an origin passes.
        guard let slashes = origin.range(of: "://") else { return false }
        let source = Authority(String(origin[slashes.upperBound...].prefix { !"/?#".contains($0) }).lowercased())
        guard target.isLoopback, !target.host.isEmpty, !source.host.isEmpty else { return false }
        // A port that one side leaves out is not compared.
        let left = source.port == nil ? target.host : target.text
        let right = target.port == nil ? source.host : source.text
        return left != right
    }

    /// `host:port`, `[::1]:port`, `user@host`.
    private struct Authority {
        let text: String
        let host: String
        let port: Int?

        init(_ text: String) {
            self.text = text
            let bare = text.split(separator: "@").last.map(String.init) ?? ""
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                host = String(bare[bare.index(after: bare.startIndex)..<end])
                port = Int(bare[end...].dropFirst(2))
            } else {
                let parts = bare.split(separator: ":", omittingEmptySubsequences: false)
                host = String(parts.first ?? "")
                port = parts.count > 1 ? Int(parts[1]) : nil
            }
        }

        /// Names are not looked up: only `localhost` and what ends in it is known to lead here.
        var isLoopback: Bool {
            if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
            let numbers = host.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
            return numbers.count == 4 && numbers[0] == 127
        }
    }
}

extension String {
    /// Where a text first occurs.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
