/// The name that an upload gets (`image_upload` in upstream's server.py): its own, or `stem (n).ending` where
/// that is taken by other bytes.
enum UploadName {
    enum Choice: Equatable {
        case write(String)
        /// The same bytes lie there already under this name.
        case keep(String)
    }

    /// - Parameter existing: the bytes under a name, `nil` if it is free.
    static func choose(
        _ name: String, for bytes: [UInt8], overwrite: Bool, existing: (String) -> [UInt8]?
    ) -> Choice {
        if overwrite { return .write(name) }
        let (stem, ending) = name.splitExtension
        var candidate = name
        var number = 1
        while let held = existing(candidate) {
            if held == bytes { return .keep(candidate) }
            candidate = "\(stem) (\(number))\(ending)"
            number += 1
        }
        return .write(candidate)
    }
}
