internal import Glibc

/// The pages of our own program that only starting needed.
///
/// Starting walks through much of the program once: relocations, conformances, the parsers of flags and of app files. The
/// system maps sixteen pages around each that is touched, and keeps them in the process as long as memory is plenty: half of
/// what an idle suite would take.
enum StartupPages {
    /// Gives them back; what is needed again comes from the file cache, page by page.
    static func giveBack() {
        guard let program = ProcessTable.target(of: "/proc/self/exe"), let maps = WholeFile.text("/proc/self/maps")
        else { return }
        for line in maps.split(separator: "\n") where line.hasSuffix(" \(program)") {
            // Only what cannot have been written to: `r-xp` of a file is the same as on disk.
            let fields = line.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard fields[1] == "r-xp", ends.count == 2 else { continue }
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
    }
}
