import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

@Suite struct NodeTableTests {
    @Test func `the embedded table spells out what the real server sends`() throws {
        let info = try #require(NodeTable.core["EmptyImage"]?.info(in: .empty))
        let newer = try #require(NodeTable.core["CreateVideo"]?.info(in: .empty))

        #expect(
            info.object?.keys == [
                "input", "input_order", "is_input_list", "output", "output_is_list", "output_name", "name",
                "display_name", "description", "python_module", "category", "output_node", "has_intermediate_output",
                "search_aliases",
            ])
        #expect(info["input_order"] == ["required": ["width", "height", "batch_size", "color"]])
        #expect(
            newer.object?.keys == [
                "input", "input_order", "is_input_list", "output", "output_is_list", "output_name", "output_tooltips",
                "output_matchtypes", "name", "display_name", "description", "python_module", "category", "output_node",
                "deprecated", "experimental", "dev_only", "api_node", "price_badge", "search_aliases",
                "essentials_category", "has_intermediate_output",
            ])
        // The words by which people find a node: classes of the newer form without any say so by null.
        let words = ["ImageInvert", "EmptyImage", "CreateVideo", "KSamplerSelect"].map {
            NodeTable.core[$0]?.info(in: .empty)["search_aliases"]
        }
        #expect(words == [["reverse colors"], [], ["images to video"], .null])
        #expect(NodeTable.core["SaveVideo"]?.info(in: .empty)["input"]?["hidden"]?["prompt"] == ["PROMPT"])
        #expect(NodeTable.core["SaveImage"]?.info(in: .empty)["input"]?["hidden"]?["prompt"] == "PROMPT")
    }

    @Test func `a dump of a real server's classes can be loaded as it is`() throws {
        let dump = NodeTable.core.info(in: .empty)

        let loaded = try NodeFile(dump).classes.map { $0.info(in: .empty) }

        #expect(loaded == NodeTable.core.names.compactMap { NodeTable.core[$0]?.info(in: .empty) })
    }

    @Test func `a wrong node file names what is wrong`() {
        let error = #expect(throws: NodeFileError.self) { try NodeFile(["X": ["required": ["a": 5]]]) }

        #expect(error?.description == "expected [type, {options}] for input a of node class X")
    }

    @Test func `old classes are rewritten where their successor is known`() {
        let prompt: JSONObject = [
            "1": ["class_type": "ResizeImagesByLongerEdge", "inputs": ["images": ["0", 0], "longer_edge": 64]],
            "2": Prompts.preview("1"), "3": ["class_type": "Load3DAnimation", "inputs": [:]],
        ]

        let renewed = NodeReplacements.core.apply(to: prompt, knownTo: .core)

        #expect(renewed["1"]?["class_type"] == "ImageScaleToMaxDimension")
        #expect(renewed["1"]?["inputs"] == ["image": ["0", 0], "largest_size": 64, "upscale_method": "lanczos"])
        #expect(renewed["2"] == prompt["2"])
        #expect(renewed["3"] == prompt["3"])
    }
}
