import Foundation
import Testing
import YAMLNodes

@testable import ComfyUIFake

@Suite struct ContractTests {
    private static let file =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/contracts/comfyui/openapi.yaml"

    @Test func `the contract has every route, and no other`() throws {
        let root = try #require(
            try YAMLNode.document(of: try String(contentsOf: URL(filePath: Self.file), encoding: .utf8)))
        let described = (root["paths"]?.mapping ?? []).flatMap { path, item in
            prefixes(of: item["servers"] ?? root["servers"]).flatMap { prefix in
                (item.mapping ?? []).compactMap { member, _ in
                    let method = member.scalar?.text.uppercased() ?? ""
                    return ["GET", "POST", "PATCH", "DELETE"].contains(method)
                        ? "\(method) \(prefix)\(Self.anonymous(path.scalar?.text ?? ""))" : nil
                }
            }
        }

        #expect(described.count == Set(described).count)
        #expect(Set(described) == Set(Routes.all.map { "\($0.method) \(Self.anonymous($0.path))" }))
    }

    private func prefixes(of servers: YAMLNode?) -> [String] {
        (servers?.sequence ?? []).compactMap { $0["url"]?.scalar?.text.replacing("http://127.0.0.1:8188", with: "") }
    }

    /// Parameters go by place: their names are the contract's business.
    private static func anonymous(_ path: String) -> String { path.replacing(/\{\w+\}/, with: "{}") }
}
