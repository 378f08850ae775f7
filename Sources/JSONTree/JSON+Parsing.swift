extension JSON {
    /// Reads the value that a whole text is.
    ///
    /// A key that comes again replaces the value and keeps the first place, as in a Python dict.
    ///
    /// - Throws: the first fault with its line and column; the text of its message is ours, those of the servers are
    ///   ``JSONError/python`` and ``JSONError/orjson``.
    public init(parsing bytes: [UInt8], options: JSONParseOptions = .strict) throws(JSONError) {
        if options.skipsByteOrderMark, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            // Places are counted behind the mark, as Python does.
            var options = options
            options.skipsByteOrderMark = false
            try self.init(parsing: Array(bytes.dropFirst(3)), options: options)
            return
        }
        let result = unsafe bytes.withUnsafeBufferPointer { buffer in
            var parser = unsafe JSONParser(buffer, options)
            return parser.document()
        }
        switch result {
        case .success(let value): self = value
        case .failure(let fault): throw JSONError(fault.reason, at: fault.place, in: bytes)
        }
    }

    /// Reads the value that a whole text is; see ``init(parsing:options:)-([UInt8],_)``.
    public init(parsing text: String, options: JSONParseOptions = .strict) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), options: options)
    }

    /// The value that a whole text is, or nil where it is none: for those who do the same whatever is wrong with it.
    public static func found(in bytes: [UInt8], options: JSONParseOptions = .strict) -> JSON? {
        // The reason is what nobody asks for here.
        try? JSON(parsing: bytes, options: options)
    }

    /// The value that a whole text is, or nil where it is none.
    public static func found(in text: String, options: JSONParseOptions = .strict) -> JSON? {
        found(in: Array(text.utf8), options: options)
    }
}
