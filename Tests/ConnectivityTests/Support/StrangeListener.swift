import Dispatch
import Glibc

/// A listener that is no service: it says one thing to everybody, or nothing at all.
final class StrangeListener: Sendable {
    enum Manner: Sendable {
        /// Bound, and not listening: connections are refused, and nobody else can take the port.
        case refusing
        /// Connections are accepted by the system, and nobody answers.
        case silent
        /// Every request gets these bytes, then the end; `{}` of the request's path decides in the closure.
        case saying(@Sendable (_ path: String) -> String)
        /// The same, with all of the request's head to decide by, and bytes to say.
        case answering(@Sendable (_ head: String) -> [UInt8])
    }

    let port: UInt16
    private let descriptor: Int32

    init(_ manner: Manner, isIPv6: Bool = false) throws {
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(errno) }
        port = try isIPv6 ? Self.bindIPv6(descriptor) : Self.bindIPv4(descriptor)
        guard case .refusing = manner else {
            guard listen(descriptor, 64) == 0 else { throw Failure(errno) }
            switch manner {
            case .saying(let text):
                serve { head in Array(text(String(head.split(separator: " ").dropFirst().first ?? "")).utf8) }
            case .answering(let bytes): serve(bytes)
            case .refusing, .silent: break
            }
            return
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    struct Failure: Error {
        let number: Int32
        init(_ number: Int32) { self.number = number }
    }

    /// An answer with a head, closed after its end.
    static func answer(_ body: String, status: String = "200 OK", type: String = "application/json") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    private func serve(_ answer: @escaping @Sendable (_ head: String) -> [UInt8]) {
        let descriptor = descriptor
        DispatchQueue(label: "stranger").async {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                var request: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
                    let count = unsafe recv(connection, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    request += buffer[..<count]
                }
                let answer = answer(String(decoding: request, as: UTF8.self))
                _ = unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    private static func bindIPv4(_ descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        guard result else { throw Failure(errno) }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func bindIPv6(_ descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        guard result else { throw Failure(errno) }
        return UInt16(bigEndian: address.sin6_port)
    }
}
