import Foundation
import Testing
import YAMLNodes

@testable import ControlServer

@Suite struct ControlDescriptionTests {
    private static let file =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        + "/contracts/understudy/openapi.yaml"

    @Test func `what the server says of itself is what stands among the contracts`() throws {
        let text = try String(contentsOf: URL(filePath: Self.file), encoding: .utf8)

        #expect(ControlDescription.yaml == text)
    }

    @Test func `the description has every resource, and no other`() throws {
        let root = try #require(try YAMLNode.document(of: ControlDescription.yaml))
        let described = (root["paths"]?.mapping ?? []).flatMap { path, methods in
            (methods.mapping ?? []).compactMap { method, _ in
                method.scalar.map { "\($0.text.uppercased()) \(path.scalar?.text ?? "")" }
            }
        }

        // OpenAPI has no word for a parameter with slashes in it.
        #expect(
            Set(described) == Set(Endpoints.all.map { "\($0.method) \($0.path)".replacing("...}", with: "}") }))
    }
}
