import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct TensorTextTests {
    @Test func `large tensors are abridged, small ones are not`() {
        let large = TensorText.images(.solid(Colour(rgb: 0xFFFFF5), width: 64, height: 48))
        let small = TensorText.images(.solid(.black, width: 2, height: 1))

        #expect(large.hasPrefix("tensor([[[[1.0000, 1.0000, 0.9608],\n          [1.0000, 1.0000, 0.9608],\n"))
        #expect(large.contains("          ...,\n"))
        #expect(large.contains("]],\n\n         ...,\n\n         [["))
        #expect(large.hasSuffix("[1.0000, 1.0000, 0.9608]]]])"))
        #expect(small == "tensor([[[[0., 0., 0.],\n          [0., 0., 0.]]]])")
    }

    @Test func `long rows are abridged and broken`() {
        let text = TensorText.mask(.solid(.white, width: 64, height: 64))

        #expect(text.hasPrefix("tensor([[[1., 1., 1.,  ..., 1., 1., 1.],\n         [1., 1., 1.,  ..., 1., 1., 1.],"))
    }
}
