extension [UInt8] {
    /// Appends a box: its length, its name of four letters, and what the closure writes into it.
    mutating func appendBox(_ name: StaticString, _ fill: (inout [UInt8]) -> Void) {
        var body: [UInt8] = []
        fill(&body)
        append(bigEndian: body.count + 8, bytes: 4)
        self += Array(name.description.utf8)
        self += body
    }

    /// Appends a box that begins with a version (0) and flags.
    mutating func appendFullBox(_ name: StaticString, flags: Int = 0, _ fill: (inout [UInt8]) -> Void) {
        appendBox(name) { body in
            body.append(bigEndian: flags, bytes: 4)
            fill(&body)
        }
    }

    /// Appends numbers of 32 bits each.
    mutating func append(bigEndian values: [Int]) {
        for value in values { append(bigEndian: value, bytes: 4) }
    }

    /// Appends the transformation that changes nothing.
    mutating func appendUnityMatrix() {
        append(bigEndian: [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000])
    }
}
