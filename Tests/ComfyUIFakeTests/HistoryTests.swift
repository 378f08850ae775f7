import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

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
        #expect(JSON.found(in: filled(5).page(most: most, offset: offset))?.object?.keys == ids)
    }

    @Test func `a second run under an id takes the first one's place`() {
        var history = filled(3)

        history.add(HistoryTests.entry("p1", end: "execution_error"))

        #expect(history.jobs.map(\.id) == ["p0", "p1", "p2"])
        #expect(history["p1"]?.status == .failed)
    }

    @Test func `large prompts make room for each other`() {
        let large: JSON = .string(String(repeating: "x", count: 10_000))
        var history = History(mostBytes: 25_000)

        for number in 0..<3 { history.add(HistoryTests.entry("p\(number)", workflow: large)) }

        #expect(history.jobs.map(\.id) == ["p1", "p2"])
        #expect(history.dropped == 1)
    }

    @Test func `an entry is read again as it was`() throws {
        let prompt: JSONObject = [
            "1": ["class_type": "É", "inputs": ["seed": .uint64(.max), "cfg": 8.0, "odd": .double(.nan)]]
        ]
        let entry = History.Entry(
            item: QueueItem(
                number: JSONNumber(-3.0), id: "a\"b", prompt: prompt, extraData: ["create_time": 7], outputs: ["1"]),
            outputs: ["1": ["text": ["\u{1F600}"]]],
            status: History.Status(
                succeeded: false, messages: [("execution_start", ["prompt_id": "p", "timestamp": 1])]),
            meta: ["1": ["node_id": "1"]])
        var history = History()

        history.add(entry)

        let read = try #require(history["a\"b"]?.entry)
        #expect(read.json == entry.json)
        #expect(JSON.found(in: history.page(of: "a\"b"), options: .python) == ["a\"b": entry.json])
        #expect(history.page(of: "none") == Array("{}".utf8))
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
