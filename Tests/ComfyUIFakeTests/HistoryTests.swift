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
            item.weight = History.mostBytes / 2 - 16
            history.add(
                History.Entry(
                    item: item, outputs: [:], status: History.Status(succeeded: true, messages: []), meta: [:]))
        }

        #expect(history.entries.map(\.item.id) == ["p1", "p2"])
        #expect(history.dropped == 1)
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
