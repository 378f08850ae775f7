/// A fault of a text in the words of one of the parsers behind the real servers.
///
/// Two correct parsers disagree on where a text goes wrong (`[1,]` fails at the bracket for one and at the comma for
/// the other) and the servers pass their words on to the client.
public struct ParserFault: Sendable, Hashable {
    /// The words without the place: `Expecting value`.
    public let message: String

    /// The place; its ``TextPosition/offset`` is what the servers call `char`.
    public let position: TextPosition

    /// The words with the place: `Expecting value: line 1 column 4 (char 3)`.
    public var description: String {
        "\(message): line \(position.line) column \(position.column) (char \(position.offset))"
    }

    /// A scanner's verdict: words and bytes before the place.
    typealias Verdict = (message: String, place: Int)
}

extension ParserFault: CustomStringConvertible {}

extension JSONError {
    /// The fault as CPython 3.11's `json` module reports it: Gradio and ComfyUI answer with it.
    ///
    /// Where Python takes what was refused here (`NaN` under ``JSONParseOptions/strict``, more levels than the
    /// options allow), and for invalid UTF-8, on which Python fails before its parser sees the text, these are our own
    /// words and place.
    public var python: ParserFault {
        var scanner = PythonScanner(source)
        return fault(reason == .invalidUTF8 ? nil : scanner.verdict())
    }

    /// The fault as orjson 3.13 reports it: LiteLLM answers with it.
    ///
    /// Where orjson takes what was refused here these are our own words and place.
    public var orjson: ParserFault {
        if reason == .invalidUTF8 { return fault(("str is not valid UTF-8: surrogates not allowed", 0)) }
        var scanner = OrjsonScanner(source)
        return fault(scanner.verdict())
    }

    /// The words of ``python`` without the place: `Expecting value`.
    public var pythonMessage: String { python.message }

    /// The words of ``orjson`` with the place: `unexpected end of data: line 1 column 36 (char 35)`.
    public var orjsonMessage: String { orjson.description }

    private func fault(_ verdict: ParserFault.Verdict?) -> ParserFault {
        guard let verdict else { return ParserFault(message: reason.phrase, position: position) }
        return ParserFault(message: verdict.message, position: TextPosition(of: verdict.place, in: source))
    }
}
