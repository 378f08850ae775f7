import AsyncHTTPClient
import Connectivity
import NIOCore

/// Whether all went as it should.
struct Verdict: CustomStringConvertible {
    private var lines: [(isGood: Bool, text: String)] = []

    var isGood: Bool { lines.allSatisfy(\.isGood) }

    var description: String {
        (lines.map { "\($0.isGood ? "good" : "BAD "): \($0.text)" } + ["soak: \(isGood ? "passed" : "failed")"])
            .joined(separator: "\n")
    }

    init(score: Score, gauge: Gauge, idle: Gauge.Reading, suite: Suite) async throws {
        let lost = score.lost
        note(
            lost.isEmpty,
            "nothing is lost: \(lost.count) without an end\(lost.first.map { ", the first of \($0)" } ?? "")")
        let missing = ["pictures", "chats", "streams", "calls", "loans"].filter { score.done[$0, default: 0] == 0 }
        note(missing.isEmpty, "all kinds of work were done\(missing.isEmpty ? "" : ", but for \(missing)")")
        let wrong = score.wrong
        note(wrong.isEmpty, "every answer is the one that was asked for\(wrong.first.map { ", but \($0)" } ?? "")")
        let untyped = score.untyped
        note(untyped.isEmpty, "every error is typed\(untyped.first.map { ", but \($0)" } ?? "")")

        // The server numbers the prompts that it takes. One that was taken twice would make them more than the jobs.
        let prompts = try await Self.prompts(suite)
        note(
            (score.taken...score.jobs).contains(prompts),
            "nothing is done twice: \(prompts) prompts of \(score.jobs) jobs, of which \(score.taken) were surely taken"
        )

        for (name, side) in [("clients", \Gauge.Reading.clients), ("suite", \Gauge.Reading.suite)] {
            let sides = gauge.all.dropLast().map { $0[keyPath: side] }
            let early = Self.median(sides[(sides.count / 4)..<(sides.count / 2)].map(\.memory))
            let late = Self.median(sides[(sides.count * 3 / 4)...].map(\.memory))
            note(
                late < early + early / 5 + 8 << 20,
                "memory of the \(name) is flat: \(early >> 20) MB in the second quarter, \(late >> 20) MB in the last")
            let (before, after) = (idle[keyPath: side].descriptors, gauge.last[keyPath: side].descriptors)
            note(after <= before + 8, "descriptors of the \(name) are given back: \(before) before, \(after) after")
        }
    }

    private mutating func note(_ isGood: Bool, _ text: String) { lines.append((isGood, text)) }

    private static func median(_ values: [Int]) -> Int {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    /// How many prompts the server has taken: a last one tells its number.
    private static func prompts(_ suite: Suite) async throws -> Int {
        for _ in 0..<50 {
            let body =
                #"{"prompt": {"1": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "#
                + #""batch_size": 1}}, "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}}}}"#
            var request = HTTPClientRequest(url: suite.comfyui + "/prompt")
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(20)),
                let answer = try? await response.body.collect(upTo: 1 << 20),
                let value = try? JSONValue(parsing: Array(answer.readableBytesView)),
                let number = value["number"]?.integer
            else { continue }  // the chaos goes on
            return number
        }
        throw Trouble(description: "fifty prompts were not taken")
    }
}
