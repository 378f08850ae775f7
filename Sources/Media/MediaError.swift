/// Why a picture, sound or video file could not be read or written.
public struct MediaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added without breaking callers.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The bytes do not begin as a file of the expected format does.
        public static let notThisFormat = Code(name: "not this format")
        /// The file ends before its content does.
        public static let truncated = Code(name: "truncated")
        /// The file contradicts itself or its checksums.
        public static let damaged = Code(name: "damaged")
        /// A side, the area or the length is beyond what this library decodes.
        public static let tooLarge = Code(name: "too large")
        /// A valid file of a variant that is not decoded here.
        public static let unsupported = Code(name: "unsupported")
    }

    /// The kind of failure.
    public let code: Code
    /// What was expected and what came, for people.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
