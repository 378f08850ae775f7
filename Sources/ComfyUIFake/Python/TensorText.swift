internal import JSONTree
internal import Media

/// How PyTorch prints the tensors that images are: `current_inputs` of an `execution_error` holds such texts.
///
/// More than 1000 numbers are abridged to three at each end of each dimension; whole numbers are printed as
/// `1.`, all others with four decimals (`torch/_tensor_str.py`).
struct TensorText {
    private let shape: [Int]
    /// The number at an index; dimensions from the outermost.
    private let value: ([Int]) -> Double
    private let abridges: Bool
    /// How many are printed at each end of an abridged dimension.
    private let edge: Int
    private var isWhole = true
    private var width = 1

    /// The text of pictures: batch, height, width and three channels.
    static func images(_ batch: ImageBatch, edge: Int = 3) -> String {
        let painter = Painter(batch)
        return TensorText(shape: [batch.count, batch.height, batch.width, 3], edge: edge) { index in
            let colour = painter[index[0]][index[2], index[1]]
            let channel = [colour.red, colour.green, colour.blue][index[3]]
            return Double(Float(channel) / 255)
        }.text
    }

    /// The text of masks: batch, height and width.
    static func mask(_ batch: ImageBatch, edge: Int = 3) -> String {
        let painter = Painter(batch)
        return TensorText(shape: [batch.count, batch.height, batch.width], edge: edge) { index in
            Double(Float(painter[index[0]][index[2], index[1]].red) / 255)
        }.text
    }

    private init(shape: [Int], edge: Int, value: @escaping ([Int]) -> Double) {
        self.shape = shape
        self.edge = edge
        self.value = value
        abridges = shape.reduce(1, *) > 1000
        measure([])
    }

    var text: String { "tensor(" + block([], indent: 7) + ")" }

    /// The picture looked at last: they are read one after the other, and may be large.
    private final class Painter {
        private let batch: ImageBatch
        private var last: (index: Int, picture: Bitmap)?

        init(_ batch: ImageBatch) { self.batch = batch }

        subscript(index: Int) -> Bitmap {
            if let last, last.index == index { return last.picture }
            let picture = batch.paint(index)
            last = (index, picture)
            return picture
        }
    }

    /// The indices of a dimension that are printed; `nil` stands for the gap.
    private func shown(_ dimension: Int) -> [Int?] {
        let count = shape[dimension]
        guard abridges, count > 2 * edge else { return (0..<count).map { $0 } }
        return (0..<edge).map { $0 } + [nil] + ((count - edge)..<count).map { $0 }
    }

    private mutating func measure(_ index: [Int]) {
        if index.count == shape.count {
            let number = value(index)
            if number == 0 { return }
            if number != number.rounded() { isWhole = false }
            width = max(width, isWhole ? 2 : 6)
            return
        }
        for place in shown(index.count).compactMap({ $0 }) { measure(index + [place]) }
    }

    private func block(_ index: [Int], indent: Int) -> String {
        let isLast = index.count == shape.count - 1
        let parts = shown(index.count).map { place in
            guard let place else { return isLast ? " ..." : "..." }
            return isLast ? number(value(index + [place])) : block(index + [place], indent: indent + 1)
        }
        if isLast { return lines(parts, indent: indent) }
        let depth = shape.count - index.count
        let separator = "," + String(repeating: "\n", count: depth - 1) + String(repeating: " ", count: indent + 1)
        return "[" + parts.joined(separator: separator) + "]"
    }

    /// A row of numbers, broken where 80 columns end.
    private func lines(_ parts: [String], indent: Int) -> String {
        let perLine = max(1, (80 - indent) / (width + 2))
        let rows = stride(from: 0, to: parts.count, by: perLine).map { start in
            parts[start..<min(start + perLine, parts.count)].joined(separator: ", ")
        }
        return "[" + rows.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
    }

    private func number(_ number: Double) -> String {
        if isWhole { return "\(Int(number))." }
        let scaled = Int((number * 10_000).rounded())
        let decimals = String(scaled % 10_000)
        return "\(scaled / 10_000)." + String(repeating: "0", count: 4 - decimals.utf8.count) + decimals
    }
}

extension NodeValue {
    /// The value as `current_inputs` holds it: plain ones as they are, all others as Python prints them.
    var pythonText: JSON {
        switch self {
        case .json(.array(let values)): .string(JSON.array(values).pythonRepr)
        case .json(.object(let object)): .string(JSON.object(object).pythonRepr)
        case .json(let value): value
        case .images(let batch): .string(TensorText.images(batch))
        case .mask(let batch): .string(TensorText.mask(batch))
        case .latent(let latent):
            .string(
                "{'samples': tensor([[[[0., 0., 0.,  ..., 0., 0., 0.]]]]) # \(latent.width / 8)x\(latent.height / 8)")
        case .conditioning(let text): .string("[[tensor([[[…]]]), {'pooled_output': \(text.pythonRepr)}]]")
        case .audio(let clip): .string("{'waveform': tensor([[[…]]]), 'sample_rate': \(Int(clip.seconds))}")
        case .video: .string("<comfy_api.latest._input_impl.video_types.VideoFromComponents object at 0x7f0000000000>")
        case .token(let type, _): .string("<comfy.\(type.lowercased()) object at 0x7f0000000000>")
        case .list(let values): .string("[" + values.map { $0.pythonText.pythonStr }.joined(separator: ", ") + "]")
        case .blocked: .string("<comfy_execution.graph_utils.ExecutionBlocker object at 0x7f0000000000>")
        }
    }
}
