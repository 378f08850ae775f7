import Glibc
import Testing

@testable import Suite

@Suite struct PortHolderTests {
    @Test func `the kernel's table tells port, user and socket of those who listen`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1FFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0
               1: 0100007F:1F40 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 23456 1 0000000000000000 20 4 30 10 -1
            """

        #expect(ListeningSocket.all(in: table) == [ListeningSocket(port: 8188, userID: 1000, inode: 12345)])
    }

    @Test func `IPv6 rows are read alike`() {
        let table = """
              sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000000000000000000001000000:0FA0 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     7        0 77 1 0000000000000000 100 0 0 10 0
            """

        #expect(ListeningSocket.all(in: table) == [ListeningSocket(port: 4000, userID: 7, inode: 77)])
    }

    @Test func `whoever listens on a port is found with number, command line and folder`() throws {
        let (descriptor, port) = try listeningSocket()
        defer { close(descriptor) }

        let holder = try #require(PortHolder.holding(port: port))

        #expect(holder.pid == getpid())
        #expect(holder.command == ProcessTable.command(of: getpid()))
        #expect(holder.folder == ProcessTable.folder(of: getpid()))
        #expect(holder.userID == getuid())
    }

    @Test func `the complaint says who holds the port and each way out`() {
        #expect(
            complaint(pid: 42, command: "litellm --port 4000")
                == "port 4000, which litellm wants, is held by process 42 in /srv/ai: litellm --port 4000\nEnd it (kill 42), or leave"
        )
        #expect(
            complaint(pid: 42, command: "/usr/local/bin/understudy up")
                == "port 4000, which litellm wants, is held by another suite in /srv/ai (process 42)\n"
                + "End it (cd /srv/ai && understudy down), or leave")
        #expect(
            complaint(pid: nil, command: nil)
                == "port 4000, which litellm wants, is held by a process of another user (uid 33)\nHave it ended, or leave"
        )
    }

    @Test func `of a command line that holds a program, one short line is shown`() {
        let program =
            "python3 -c import socket\nsocket.listen()\u{1B}[2J" + String(repeating: " # more", count: 100_000)

        let lines = complaint(pid: 42, command: program).split(separator: "\n")

        #expect(lines.count == 2)
        #expect(lines[0].contains(#": python3 -c import socket\nsocket.listen()\u{1B}[2J # more"#))
        #expect(lines[0].hasSuffix("…"))
        #expect(lines[0].count < 220)
    }

    @Test func `the folder of another suite is a word that the shell takes as one`() {
        #expect(
            complaint(pid: 42, command: "understudy up", folder: "/srv/it's mine").contains(
                #"(cd '/srv/it'\''s mine' && understudy down)"#))
    }

    @Test func `another port is asked for as the program has it, and is none that the suite wants itself`() throws {
        var settings = Settings()
        settings.ports.named = ["litellm": [8000, 8001], "comfyui": [8002]]
        let fakes = try SuiteConfiguration(settings).fakes
        let wanted = Set(fakes.flatMap(\.ports))

        #expect(
            PortFlag.named.wayOut(of: fakes[1], busy: 8000, wanted: wanted)
                == "choose another port: --port litellm=8003,8001, or --ports random")
        #expect(
            PortFlag.nameless.wayOut(of: fakes[1], busy: 8001, wanted: wanted)
                == "choose another port: --port 8000,8003, or --port 0,0 for free ones")
        #expect(
            PortFlag.nameless.wayOut(of: fakes[0], busy: 65_535, wanted: []).hasPrefix(
                "choose another port: --port 8002,"))
    }

    private func complaint(pid: Int32?, command: String?, folder: String = "/srv/ai") -> String {
        PortHolder(pid: pid, command: command, folder: pid == nil ? nil : folder, userID: 33).complaint(
            port: 4000, wantedBy: "litellm", wayOut: "leave")
    }

    @Test func `nobody holds a free port`() throws {
        let (descriptor, port) = try listeningSocket()
        close(descriptor)

        #expect(PortHolder.holding(port: port) == nil)
    }
}

/// A socket that listens on a free port of loopback.
func listeningSocket() throws -> (descriptor: Int32, port: Int) {
    // No process that another test starts shall have it too.
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            unsafe bind(descriptor, address, length) | listen(descriptor, 1) | getsockname(descriptor, address, &length)
        }
    }
    try #require(status == 0)
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}
