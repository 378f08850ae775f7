import JSONTree
import Testing

@testable import ComfyUIFake

@Suite struct BinaryFrameTests {
    @Test func `a plain preview has type, format and image`() {
        #expect(BinaryFrame.preview([7, 8], .png) == [0, 0, 0, 1, 0, 0, 0, 2, 7, 8])
    }

    @Test func `a rich preview has its length and its metadata before the image`() throws {
        let frame = BinaryFrame.preview([7, 8], .jpeg, metadata: ["node_id": "3"])

        let length = Int(frame[7])
        #expect(frame[..<4] == [0, 0, 0, 4])
        #expect(try JSON(parsing: Array(frame[8..<(8 + length)])) == ["node_id": "3", "image_type": "image/jpeg"])
        #expect(frame[(8 + length)...] == [7, 8])
    }

    @Test func `a text has the node's length and name before it`() {
        #expect(BinaryFrame.text("hé", node: "12") == [0, 0, 0, 3, 0, 0, 0, 2, 0x31, 0x32, 0x68, 0xC3, 0xA9])
    }
}
