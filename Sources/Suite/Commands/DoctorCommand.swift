public import ArgumentParser
internal import DoctorArguments
internal import Glibc

/// `understudy doctor`: finds the services of an application, and says how they are.
///
/// The work is done by `understudy-doctor`, a program of its own beside this one: what it stands on (SwiftNIO, Foundation)
/// would cost the suite its small memory and its quick start.
public struct DoctorCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: DoctorOptions.abstract,
        usage: "understudy doctor [<options>]", discussion: DoctorOptions.discussion)

    @OptionGroup var options: DoctorOptions

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let own = ProcessTable.target(of: "/proc/self/exe") ?? ""
        let program = own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + "understudy-doctor"
        // The words as they were typed: they have been understood here, and are again there.
        let words = ["understudy doctor"] + CommandLine.arguments.drop { $0 != "doctor" }.dropFirst()
        // The list ends with nil, as exec wants it; if all is well, nobody is left to free it.
        let list = unsafe words.map { unsafe strdup($0) } + [nil]
        unsafe execv(String(program), list)
        let reason = lastSystemError()
        unsafe list.forEach { unsafe free($0) }
        throw SuiteError(
            .start,
            unsafe access(String(program), F_OK) == 0
                ? "cannot run \(program): \(reason)"
                : "\(program) is missing: in a checkout \"make doctor\" builds it (some minutes, once), elsewhere "
                    + "\"swift build -c release --product understudy-doctor\"; it belongs beside understudy")
    }
}
