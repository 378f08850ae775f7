import Foundation
import Synchronization

/// Memory and descriptors of both sides.
final class Gauge: Sendable {
    struct Side: Sendable {
        /// Resident, in bytes.
        var memory = 0
        var descriptors = 0

        /// Of a process, as /proc has it.
        init(_ process: Int32) {
            let folder = "/proc/\(process)"
            descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/fd").count) ?? 0
            let pages = (try? String(contentsOfFile: folder + "/statm", encoding: .utf8))?.split(separator: " ")
            memory = (pages.flatMap { Int($0[1]) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    struct Reading: Sendable, CustomStringConvertible {
        let clients = Side(getpid())
        let suite: Side

        var description: String {
            "clients \(clients.memory >> 20) MB, \(clients.descriptors) descriptors; "
                + "suite \(suite.memory >> 20) MB, \(suite.descriptors) descriptors"
        }
    }

    private let suite: Int32
    private let readings = Mutex<[Reading]>([])

    init(suite: Int32) { self.suite = suite }

    func read() {
        let reading = Reading(suite: Side(suite))
        readings.withLock { $0.append(reading) }
    }

    var all: [Reading] { readings.withLock { $0 } }
    var last: Reading { all.last ?? Reading(suite: Side(suite)) }
}
