internal import SocketServer

/// The name under which a save node writes (`get_save_image_path` in upstream's folder_paths.py):
/// `<prefix>_<5-digit counter>_.<ending>`, the counter one above the highest there is.
struct SaveName {
    /// Where the files go, `""` for the folder itself.
    let subfolder: String
    private let stem: String
    private var counter: Int

    /// - Parameters:
    ///   - prefix: as the client gave it, `a/b/name_%width%`.
    ///   - highest: the highest counter that there is of a prefix, in the target folder: `a/b/name`.
    /// - Returns: `nil` if the prefix leads out of the folder.
    init?(prefix: String, width: Int, height: Int, moment: CivilTime, highest: (_ prefix: String) -> Int) {
        let filled = SaveName.fill(prefix, width: width, height: height, moment: moment)
        guard let path = filled.normalisedInside else { return nil }
        let (directory, stem) = path.splitAtLastSlash
        subfolder = directory
        self.stem = stem
        counter = highest(path) + 1
    }

    /// The next name of a batch; `%batch_num%` becomes the place in it.
    mutating func next(ending: String, batch: Int = 0) -> String {
        defer { counter += 1 }
        let digits = String(counter)
        let padding = String(repeating: "0", count: max(0, 5 - digits.utf8.count))
        return stem.replacing("%batch_num%", with: String(batch)) + "_\(padding)\(digits)_\(ending)"
    }

    /// The counter of a name of this stem, 0 if what stands there is no number; `nil` for a name of another stem.
    static func counter(in name: String, after stem: String) -> Int? {
        guard name.hasPrefix(stem) else { return nil }
        let rest = name.dropFirst(stem.count)
        guard rest.first == "_" else { return nil }
        let digits = rest.dropFirst().prefix { $0 != "_" }
        // A counter of nineteen digits comes from an upload, and has no successor.
        return digits.utf8.count <= 12 ? Int(digits) ?? 0 : 0
    }

    private static func fill(_ prefix: String, width: Int, height: Int, moment: CivilTime) -> String {
        guard prefix.utf8.contains(UInt8(ascii: "%")) else { return prefix }
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return prefix.replacing("%width%", with: String(width)).replacing("%height%", with: String(height))
            .replacing("%year%", with: String(moment.year)).replacing("%month%", with: two(moment.month))
            .replacing("%day%", with: two(moment.day)).replacing("%hour%", with: two(moment.hour))
            .replacing("%minute%", with: two(moment.minute)).replacing("%second%", with: two(moment.second))
    }
}

extension String {
    /// With every occurrence of a text replaced; the standard library's own needs Foundation or regexes.
    func replacing(_ text: String, with other: String) -> String {
        let (bytes, sought) = (Array(utf8), Array(text.utf8))
        guard !sought.isEmpty, bytes.count >= sought.count else { return self }
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if place + sought.count <= bytes.count, bytes[place] == sought[0],
                bytes[place..<(place + sought.count)].elementsEqual(sought)
            {
                result += other.utf8
                place += sought.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
