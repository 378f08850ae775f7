import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

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
