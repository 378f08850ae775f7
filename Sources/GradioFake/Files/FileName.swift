/// The names under which uploads are kept.
enum FileName {
    /// Characters that the server removes from names, besides control characters.
    private static let removed = Set("<>:\"/\\|?*`$!{}".unicodeScalars)

    /// Names that Windows keeps for devices.
    private static let devices = Set(
        ["CON", "PRN", "AUX", "NUL"] + (1...9).flatMap { ["COM\($0)", "LPT\($0)"] })

    /// A client's name as the version stores it.
    static func cleaned(_ name: String, major: GradioMajor) -> String {
        if major == .six { return cleaned(name) }
        // Before 6 only letters, digits and a few signs stay.
        let last = name.split(omittingEmptySubsequences: false) { $0 == "/" }.last.map(String.init) ?? name
        let kept = last.unicodeScalars.filter {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "._- ,".unicodeScalars.contains($0)
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: kept)
        return String(view)
    }

    /// A client's name as version 6 stores it.
    ///
    /// The last element of the path, without what a file system or a shell could trip over, at most 200 bytes long.
    /// Letters of any script stay.
    static func cleaned(_ name: String) -> String {
        let last = name.split(omittingEmptySubsequences: false) { $0 == "/" }.last.map(String.init) ?? name
        let (stem, ending) = split(last)
        var cleanStem = stripped(stem)
        var cleanEnding = stripped(ending)
        if !ending.isEmpty { cleanEnding = "." + cleanEnding }
        var clean = (cleanStem + cleanEnding)
        while let character = clean.last, character == " " || character == "." { clean.removeLast() }
        if clean.isEmpty { return "file" }
        (cleanStem, cleanEnding) = split(clean)
        if devices.contains(cleanStem.uppercased()) { cleanStem = "_" + cleanStem }
        let room = 200 - (cleanEnding.isEmpty ? 0 : cleanEnding.utf8.count + 1)
        while cleanStem.utf8.count > max(1, room) { cleanStem.unicodeScalars.removeLast() }
        return cleanEnding.isEmpty ? cleanStem : cleanStem + "." + cleanEnding
    }

    /// A name without its ending, and the ending without its point.
    static func split(_ name: String) -> (stem: String, ending: String) {
        guard let point = name.lastIndex(of: "."), point != name.startIndex else { return (name, "") }
        return (String(name[..<point]), String(name[name.index(after: point)...]))
    }

    private static func stripped(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars
        where !removed.contains(scalar) && scalar.value >= 0x20 && scalar.value != 0x7f
            && !(0x80...0x9f).contains(scalar.value)
        {
            view.append(scalar)
        }
        return String(view)
    }
}
