internal import CYAML

/// What libyaml tells of a document, as Swift values.
enum YAMLEvent {
    case documentStart
    case scalar(YAMLScalar, anchor: String?)
    case alias(String)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
    case end
}

/// Runs libyaml over a text. The only file that touches it.
@safe final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads from it until it is deleted.
    private let text: UnsafeMutableBufferPointer<UInt8>

    init(_ string: String) {
        let bytes = Array(string.utf8)
        unsafe text = .allocate(capacity: bytes.count)
        _ = unsafe text.initialize(from: bytes)
        unsafe parser = .allocate(capacity: 1)
        // Nothing but a lack of memory makes this fail, and then Swift has trapped before.
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next event and where it begins. Document ends and the like are passed over.
    func next() throws(YAMLError) -> (event: YAMLEvent, mark: YAMLMark) {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) != 0 else { throw failure() }
            defer { unsafe yaml_event_delete(&event) }
            if let known = unsafe Self.event(event) { return (known, YAMLMark(unsafe event.start_mark)) }
        }
    }

    @unsafe private static func event(_ event: yaml_event_t) -> YAMLEvent? {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .end
        case YAML_ALIAS_EVENT: return .alias(unsafe text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: unsafe text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: unsafe text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                YAMLScalar(
                    text: unsafe String(decoding: bytes, as: UTF8.self),
                    isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE, tag: unsafe text(scalar.tag)),
                anchor: unsafe text(scalar.anchor))
        default: return nil
        }
    }

    @unsafe private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    private func failure() -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "the text cannot be read"
        let mark = YAMLMark(unsafe parser.pointee.problem_mark)
        guard let context = unsafe parser.pointee.context else { return YAMLError(message: problem, mark: mark) }
        return YAMLError(message: unsafe "\(problem) \(String(cString: context))", mark: mark)
    }
}

extension YAMLMark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
