import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct NameTests {
    private func save(_ prefix: String, existing: [String: [String]] = [:], count: Int = 1) -> [String]? {
        var store = FileStore(limit: 1 << 20)
        for (directory, names) in existing {
            for name in names {
                store.write([], to: .output, directory.isEmpty ? name : "\(directory)/\(name)", now: 1)
            }
        }
        let name = SaveName(
            prefix: prefix, width: 32, height: 16, moment: CivilTime(seconds: 1_795_344_762)
        ) { store.highestCounter(of: $0, in: .output) }
        guard var name else { return nil }
        return (0..<count).map {
            (name.subfolder.isEmpty ? "" : name.subfolder + "/") + name.next(ending: ".png", batch: $0)
        }
    }

    @Test func `the counter goes on from the highest there is`() {
        #expect(save("rec") == ["rec_00001_.png"])
        #expect(
            save("rec", existing: ["": ["rec_00007_.png", "rec_00003_.webp", "recx_00099_.png", "rec.png"]]) == [
                "rec_00008_.png"
            ])
        #expect(
            save("a/b/name", existing: ["a/b": ["name_00001_.png"]], count: 2) == [
                "a/b/name_00002_.png", "a/b/name_00003_.png",
            ])
    }

    @Test func `placeholders are filled in`() {
        #expect(save("batch/%width%x%height%") == ["batch/32x16_00001_.png"])
        #expect(save("%year%-%month%-%day%_%hour%%minute%%second%") == ["2026-11-22_105242_00001_.png"])
        #expect(save("b%batch_num%", count: 2) == ["b0_00001_.png", "b1_00002_.png"])
    }

    @Test func `a prefix may not leave the folder`() {
        #expect(save("../x") == nil)
        #expect(save("/x") == nil)
        #expect(save("a/../b") == ["b_00001_.png"])
    }

    @Test func `uploads get a free name, or keep the one of their own bytes`() {
        let files: [String: [UInt8]] = ["pic.png": [1], "pic (1).png": [2], "x.tar.gz": [1]]
        func choose(_ name: String, _ bytes: [UInt8], overwrite: Bool = false) -> UploadName.Choice {
            UploadName.choose(name, for: bytes, overwrite: overwrite) { files[$0] }
        }

        #expect(choose("new.png", [1]) == .write("new.png"))
        #expect(choose("pic.png", [1]) == .keep("pic.png"))
        #expect(choose("pic.png", [2]) == .keep("pic (1).png"))
        #expect(choose("pic.png", [3]) == .write("pic (2).png"))
        #expect(choose("pic.png", [3], overwrite: true) == .write("pic.png"))
        #expect(choose("x.tar.gz", [9]) == .write("x.tar (1).gz"))
    }

    @Test func `a name may carry its folder`() {
        #expect(AnnotatedName("a.png [temp]").folder == .temp)
        #expect(AnnotatedName("a.png [temp]").name == "a.png")
        #expect(AnnotatedName("a [x].png").folder == nil)
    }
}
