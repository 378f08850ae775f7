import Media
import Testing

@Suite struct PNGTests {
    @Test(arguments: [(1, 1), (3, 2), (64, 64), (17, 130)])
    func `every pixel survives, with and without alpha`(width: Int, height: Int) throws {
        let bitmap = Noise.bitmap(width: width, height: height)

        #expect(try PNG.decode(PNG.encode(bitmap, alpha: true)) == bitmap)
        #expect(try PNG.decode(PNG.encode(bitmap)) == bitmap.opaque)
        #expect(try PNG.decode(PNG.encode(bitmap, alpha: true, compression: 0)) == bitmap)
    }

    @Test func `texts stand before the pixels, Latin-1 as tEXt and the rest as iTXt`() throws {
        let file = PNG.encode(
            Bitmap(width: 2, height: 2), text: [("prompt", #"{"a": "é"}"#), ("workflow", "猫 on a mat"), ("empty", "")])

        let names = Chunks.names(of: file)
        #expect(names == ["IHDR", "tEXt", "iTXt", "tEXt", "IDAT", "IEND"])
        let texts = try PNG.textChunks(of: file)
        #expect(texts.map(\.keyword) == ["prompt", "workflow", "empty"])
        #expect(texts.map(\.text) == [#"{"a": "é"}"#, "猫 on a mat", ""])
    }

    @Test func `a large picture has several data chunks of PIL's size`() {
        let file = PNG.encode(Noise.bitmap(width: 256, height: 256))

        let data = Chunks.all(of: file).filter { $0.name == "IDAT" }
        #expect(data.count > 1)
        #expect(data.dropLast().allSatisfy { $0.size == 65_536 })
    }

    @Test func `a file cut anywhere is refused`() {
        let file = PNG.encode(Noise.bitmap(width: 20, height: 20))

        for length in stride(from: 0, to: file.count - 12, by: 7) {
            #expect(throws: MediaError.self) { try PNG.decode(Array(file.prefix(length))) }
        }
        #expect(throws: MediaError.self) { try PNG.textChunks(of: Array(file.prefix(file.count - 5))) }
    }

    @Test func `changed bytes are refused or give some picture, and never stop the process`() {
        let file = PNG.encode(Noise.bitmap(width: 20, height: 20), text: [("prompt", "cat")], alpha: true)

        for case (let changed, _) in Noise.spoiled(file, times: 400) {
            // Refused or taken: either will do.
            _ = try? PNG.decode(changed)
            _ = try? PNG.textChunks(of: changed)
        }
    }

    @Test func `a head that claims a vast picture is refused before memory is taken`() {
        let file = Chunks.png(header: [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 6, 0, 0, 0])

        #expect {
            try PNG.decode(file)
        } throws: {
            ($0 as? MediaError)?.code == .tooLarge
        }
    }
}
