internal import JSONTree

/// A node class's own check of its inputs (`VALIDATE_INPUTS` upstream), which takes the place of the range and
/// list checks for the inputs that it names.
struct OwnCheck: Sendable {
    enum Verdict: Sendable, Hashable {
        case passed
        /// With the text that follows the input's name, if the class gives one.
        case failed(String?)
    }

    /// The inputs that it asks for; `nil` for all of them (`**kwargs`).
    let inputs: [String]?
    /// Asks for the types of the linked inputs and so answers for their match.
    var takesTypes = false
    /// How the class's function is called in complaints about missing arguments.
    var function = "VALIDATE_INPUTS"
    /// Judges the values; a linked one is `null` here, as its value is not known yet.
    let judge: @Sendable (_ values: JSONObject, _ types: JSONObject) throws(PythonError) -> Verdict

    /// The check of a class that takes a file out of one of the server's folders.
    static func file(
        _ input: String, kind: String, function: String = "VALIDATE_INPUTS",
        exists: @escaping @Sendable (String) -> Bool
    ) -> OwnCheck {
        OwnCheck(inputs: [input], function: function) { values, _ throws(PythonError) in
            guard let name = values[input]?.string else {
                throw .attribute("'\((values[input] ?? .null).pythonType)' object has no attribute 'endswith'")
            }
            return exists(name) ? .passed : .failed("Invalid \(kind) file: \(name)")
        }
    }
}

/// The checks of the classes that have one.
struct OwnChecks: Sendable {
    var byClass: [String: OwnCheck] = [:]

    /// Those of the embedded table. `exists` knows names such as `a.png`, `sub/a.png` and `a.png [output]`.
    static func core(exists: @escaping @Sendable (String) -> Bool) -> OwnChecks {
        OwnChecks(byClass: [
            "LoadImage": .file("image", kind: "image", exists: exists),
            "LoadImageMask": .file("image", kind: "image", exists: exists),
            "LoadImageOutput": .file("image", kind: "image", exists: exists),
            "LoadAudio": .file("audio", kind: "audio", function: "validate_inputs", exists: exists),
            "LoadVideo": .file("file", kind: "video", function: "validate_inputs", exists: exists),
        ])
    }
}
