import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct PromptQueueTests {
    private func item(_ number: Double, _ id: String = "") -> QueueItem {
        let number = number == number.rounded() ? JSONNumber(Int(number)) : JSONNumber(number)
        return QueueItem(
            number: number, id: id.isEmpty ? number.spelling : id, prompt: [:], extraData: [:], outputs: [])
    }

    private func drained(_ queue: PromptQueue) -> [String] {
        var queue = queue
        var ids: [String] = []
        while let next = queue.take() { ids.append(next.id) }
        return ids
    }

    @Test func `lower numbers run first, ties by id`() {
        var queue = PromptQueue()
        for number in [3, 1, 2.5, -4, 10] { queue.put(item(number)) }
        queue.put(item(1, "0"))

        #expect(drained(queue) == ["-4", "0", "1", "2.5", "3", "10"])
    }

    @Test func `later ones at the front overtake earlier ones`() {
        var queue = PromptQueue()
        let numbers = [false, false, true, true].map { queue.nextNumber(front: $0).spelling }

        #expect(numbers == ["0", "1", "-2", "-3"])
        for number in numbers { queue.put(item(Double(number)!)) }
        #expect(drained(queue) == ["-3", "-2", "0", "1"])
    }

    @Test func `the first of all at the front is number zero`() {
        var queue = PromptQueue()

        let number = queue.nextNumber(front: true)

        #expect(number.spelling == "0")
    }

    @Test func `pending ones lie as in Python's heap`() {
        var queue = PromptQueue()
        for number in [5, 3, 8, 1, 9, 2] { queue.put(item(Double(number))) }

        // heapq.heappush of the same numbers, one by one.
        #expect(queue.pending.map(\.id) == ["1", "3", "2", "5", "9", "8"])
        _ = queue.take()
        #expect(queue.pending.map(\.id) == ["2", "3", "8", "5", "9"])
    }

    @Test func `a running one counts, and deleting the last waiting one is told twice`() {
        var queue = PromptQueue()
        for number in [0, 1, 2] { queue.put(item(Double(number))) }
        _ = queue.take()

        var told: [Int] = []
        for id in ["0", "nope", "2", "1"] { told.append(queue.delete(id)) }
        let left = queue.remaining
        queue.finish("0")

        #expect(told == [0, 0, 1, 2])
        #expect(left == 1)
        #expect(queue.remaining == 0)
    }
}

@Suite struct HistoryTests {
    static func entry(
        _ id: String, number: Int = 0, created: Int = 0, end: String = "execution_success", outputs: JSONObject = [:],
        workflow: JSON? = nil
    ) -> History.Entry {
        var extra: JSONObject = ["create_time": .int(created)]
        if let workflow { extra["extra_pnginfo"] = ["workflow": ["id": workflow]] }
        return History.Entry(
            item: QueueItem(number: JSONNumber(number), id: id, prompt: [:], extraData: extra, outputs: []),
            outputs: outputs,
            status: History.Status(
                succeeded: end == "execution_success",
                messages: [
                    ("execution_start", ["timestamp": .int(created)]),
                    (end, ["timestamp": .int(created + 10 * number)]),
                ]),
            meta: [:])
    }

    private func filled(_ count: Int) -> History {
        var history = History()
        for number in 0..<count { history.add(Self.entry("p\(number)")) }
        return history
    }

    @Test(
        arguments: [
            (2, nil, ["p3", "p4"]), (2, 1, ["p1", "p2"]), (99, nil, ["p0", "p1", "p2", "p3", "p4"]), (0, nil, []),
            (-1, nil, []), (nil, 3, ["p3", "p4"]), (nil, nil, ["p0", "p1", "p2", "p3", "p4"]),
        ] as [(Int?, Int?, [String])])
    func `a page is the newest, or from an offset`(most: Int?, offset: Int?, ids: [String]) {
        #expect(filled(5).page(most: most, offset: offset).object?.keys == ids)
    }

    @Test func `a second run under an id takes the first one's place`() {
        var history = filled(3)

        history.add(HistoryTests.entry("p1", end: "execution_error"))

        #expect(history.entries.map(\.item.id) == ["p0", "p1", "p2"])
        #expect(history["p1"]?.status.succeeded == false)
    }

    @Test func `large prompts make room for each other`() {
        var history = History()
        for number in 0..<3 {
            var item = HistoryTests.entry("p\(number)").item
            item.weight = History.mostBytes / 2
            history.add(
                History.Entry(
                    item: item, outputs: [:], status: History.Status(succeeded: true, messages: []), meta: [:]))
        }

        #expect(history.entries.map(\.item.id) == ["p1", "p2"])
    }

    @Test func `it never holds more than upstream does`() {
        var history = filled(History.mostEntries + 3)

        #expect(history.count == History.mostEntries)
        #expect(history["p0"] == nil)
        #expect(history["p3"] != nil)
        history.delete("p3")
        #expect(history.count == History.mostEntries - 1)
    }
}

@Suite struct JobTests {
    private func jobs() -> [Job] {
        [
            HistoryTests.entry("a", number: 3, created: 1),
            HistoryTests.entry("b", number: 1, created: 2, end: "execution_error"),
            HistoryTests.entry("c", number: 2, created: 3, end: "execution_interrupted", workflow: "w"),
        ].map { Job(finished: $0) }
    }

    private func ids(_ query: [String: String]) throws -> [String] {
        try JobQuery { query[$0] }.page(of: jobs())["jobs"]?.array?.compactMap { $0["id"]?.string } ?? []
    }

    @Test func `jobs are chosen, sorted and cut`() throws {
        #expect(try ids([:]) == ["c", "b", "a"])
        #expect(try ids(["sort_order": "asc"]) == ["a", "b", "c"])
        #expect(try ids(["sort_by": "execution_duration"]) == ["a", "c", "b"])
        #expect(try ids(["status": "failed,cancelled"]) == ["c", "b"])
        #expect(try ids(["workflow_id": "w"]) == ["c"])
        #expect(try ids(["limit": "1", "offset": "1"]) == ["b"])
        #expect(try ids(["offset": "-5"]) == ["c", "b", "a"])
    }

    @Test func `the page tells what there is around it`() throws {
        let page = try JobQuery { ["limit": "2"][$0] }.page(of: jobs())

        #expect(page["pagination"] == ["offset": 0, "limit": 2, "total": 3, "has_more": true])
    }

    @Test(
        arguments: [
            (
                ["status": "bogus"],
                "Invalid status value(s): bogus. Valid values: pending, in_progress, completed, failed, cancelled"
            ),
            (["sort_by": "x"], "sort_by must be 'created_at' or 'execution_duration'"),
            (["sort_order": "x"], "sort_order must be 'asc' or 'desc'"),
            (["limit": "0"], "limit must be a positive integer"), (["limit": "x"], "limit must be an integer"),
            (["offset": "x"], "offset must be an integer"),
        ] as [([String: String], String)])
    func `a wrong query is told in the server's words`(query: [String: String], text: String) {
        let fault = #expect(throws: JobQuery.Fault.self) { try JobQuery { query[$0] } }

        #expect(fault?.text == text)
    }

    @Test func `an interrupted run is cancelled here and an error there`() {
        let job = Job(finished: HistoryTests.entry("c", end: "execution_interrupted"))

        #expect(job.status == .cancelled)
        #expect(job.detail["execution_status"]?["status_str"] == "error")
        #expect(job.summary["execution_error"] == nil)
        #expect(job.summary["preview_output"] == nil)
    }

    @Test func `the preview is the first final file, else the first that can be shown`() {
        let temporary: JSON = ["filename": "t.png", "subfolder": "", "type": "temp"]
        let final: JSON = ["filename": "o.png", "subfolder": "", "type": "output"]

        let both = JobOutputs(["1": ["images": [temporary]], "2": ["images": [final], "animated": [true]]])
        let text = JobOutputs(["5": ["text": [.string(String(repeating: "x", count: 1500))]]])

        #expect(both.count == 2)
        #expect(both.preview?["filename"] == "o.png")
        #expect(both.preview?["nodeId"] == "2")
        #expect(both.preview?["mediaType"] == "images")
        #expect(text.preview?["truncated"] == true)
        #expect(text.preview?["content"]?.string?.count == 1024)
    }
}

@Suite struct FileStoreTests {
    @Test func `the oldest outputs make room, uploads stay`() {
        var store = FileStore(limit: 10 + 3 * FileStore.overhead)
        store.write([1, 2, 3, 4], to: .input, "in", now: 1)
        store.write([1, 2, 3], to: .output, "a", now: 2)
        store.write([1, 2, 3], to: .output, "b", now: 3)

        store.write([9, 9], to: .temp, "c", now: 4)

        let tooLarge = store.write([UInt8](repeating: 0, count: store.limit), to: .temp, "d", now: 5)

        #expect(store[.output, "a"] == nil)
        #expect(store[.input, "in"] != nil)
        #expect(store.size == 9 + 3 * FileStore.overhead)
        #expect(!tooLarge)
    }

    @Test(
        arguments: [
            ("a/b", "a/b"), ("./a//b/", "a/b"), ("a/../b", "b"), ("", ""), ("..", nil), ("a/../../b", nil),
            ("/etc", nil),
        ] as [(String, String?)])
    func `paths stay inside`(path: String, inside: String?) {
        #expect(path.normalisedInside == inside)
    }

    @Test(
        arguments: [
            ("x.tar.gz", "x.tar", ".gz"), ("noext", "noext", ""), (".hidden", ".hidden", ""), ("a.b/c", "a.b/c", ""),
            ("a/b.png", "a/b", ".png"), ("..png", "..png", ""),
        ])
    func `endings split as in Python`(name: String, stem: String, ending: String) {
        #expect(name.splitExtension == (stem, ending))
    }
}

@Suite struct NameTests {
    private func save(_ prefix: String, existing: [String: [String]] = [:], count: Int = 1) -> [String]? {
        let name = SaveName(
            prefix: prefix, width: 32, height: 16, moment: CivilTime(seconds: 1_795_344_762)
        ) { existing[$0] ?? [] }
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
