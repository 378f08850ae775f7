/// The head of a request as its fields arrive.
struct HTTP2Head {
    var method = ""
    var path = ""
    var authority = ""
    var fields = HeaderFields()
    /// As RFC 9113 section 6.5.2 counts, for SETTINGS_MAX_HEADER_LIST_SIZE: 32 bytes more a field.
    private(set) var size = 0
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Too large to be taken. The rest of it is dropped, but still decoded: the compression has a memory.
    var isTooLarge: Bool { size > limit }

    mutating func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        size += name.count + value.count + 32
        guard !isTooLarge else { return }
        if unsafe name.first == UInt8(ascii: ":") {
            let text = unsafe String(decoding: value, as: UTF8.self)
            switch unsafe String(decoding: name, as: UTF8.self) {
            case ":method": method = text
            case ":path": path = text
            case ":authority": authority = text
            default: break  // :scheme says nothing that the connection does not.
            }
        } else {
            unsafe fields.append(name: name, value: value)
        }
    }

    /// The request as one of HTTP/1 would stand there: `:authority` is its `Host` (RFC 9113 section 8.3.1), and
    /// cookies that came in crumbs are one field again (section 8.2.3).
    func request(peer: SocketAddress, isSecure: Bool) -> Request {
        var headers = HeaderFields()
        if !authority.isEmpty { headers.append("host", authority) }
        let cookies = fields.all("cookie")
        var hasCookie = false
        for index in fields.entries.indices {
            if !authority.isEmpty, fields.isNamed("host", at: index) { continue }
            if cookies.count > 1, fields.isNamed("cookie", at: index) {
                if !hasCookie { headers.append("cookie", cookies.joined(separator: "; ")) }
                hasCookie = true
            } else {
                headers.append(fields, at: index)
            }
        }
        return Request(
            method: method, target: path.isEmpty ? authority : path, version: .http2, headers: headers, peer: peer,
            isSecure: isSecure)
    }
}

extension HeaderFields {
    mutating func append(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
        let start = UInt32(storage.count)
        unsafe storage.append(contentsOf: name)
        let middle = UInt32(storage.count)
        unsafe storage.append(contentsOf: value)
        entries.append(.init(nameStart: start, nameEnd: middle, valueStart: middle, valueEnd: UInt32(storage.count)))
    }

    /// One field of another head, byte for byte.
    mutating func append(_ other: HeaderFields, at index: Int) {
        let entry = other.entries[index]
        let start = UInt32(storage.count)
        storage.append(contentsOf: other.storage[Int(entry.nameStart)..<Int(entry.nameEnd)])
        let middle = UInt32(storage.count)
        storage.append(contentsOf: other.storage[Int(entry.valueStart)..<Int(entry.valueEnd)])
        entries.append(.init(nameStart: start, nameEnd: middle, valueStart: middle, valueEnd: UInt32(storage.count)))
    }

    func isNamed(_ name: String, at index: Int) -> Bool {
        Self.equalIgnoringCase(storage[Int(entries[index].nameStart)..<Int(entries[index].nameEnd)], name)
    }
}
