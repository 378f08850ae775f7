import AsyncHTTPClient
import Connectivity
import Foundation
import NIOCore

/// The suite, as a process of its own, playing the scenario `chaos`.
final class Suite: Sendable {
    let process: Int32
    let comfyui: String
    let litellm: String
    let gradio: String
    private let control: String
    private let child: Process
    private let folder: URL

    init(_ program: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("soak-\(UUID().uuidString)")
        child = Process()
        child.executableURL = URL(fileURLWithPath: program)
        child.arguments = [
            "up", "--json", "--ports", "random", "--speed", "20x", "--only", "comfyui,litellm,echo",
            "--scenario", "chaos", "--state", folder.path,
        ]
        let output = Pipe()
        child.standardOutput = output
        child.standardError = FileHandle.nullDevice
        try child.run()
        process = child.processIdentifier
        var text = ""
        while !text.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw Trouble(description: "\(program) ended before it was ready") }
            text += String(decoding: piece, as: UTF8.self)
        }
        var urls: [String: String] = [:]
        let ready = try JSONValue(parsing: text)
        control = ready["control"]?.string ?? ""
        for fake in ready["fakes"]?.array ?? [] {
            if let id = fake["id"]?.string, let url = fake["url"]?.string { urls[id] = url }
        }
        guard let comfyui = urls["comfyui"], let litellm = urls["litellm"], let gradio = urls["echo"] else {
            throw Trouble(description: "the suite came up without comfyui, litellm or echo: \(text)")
        }
        (self.comfyui, self.litellm, self.gradio) = (comfyui, litellm, gradio)
    }

    /// Lets the suite forget what it keeps on purpose, within its limits: the journal, and what became of these jobs.
    func forget(_ jobs: [String]) async {
        var journal = HTTPClientRequest(url: control + "/journal")
        journal.method = .DELETE
        var history = HTTPClientRequest(url: comfyui + "/history")
        history.method = .POST
        let ids: JSONValue = ["delete": .array(jobs.map { .string($0) })]
        history.body = .bytes(ByteBuffer(string: ids.description))
        for request in [journal, history] {
            // In the chaos it may fail; the next time it will not.
            let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(5))
            _ = try? await response?.body.collect(upTo: 1 << 20)
        }
    }

    func stop() {
        child.terminate()
        child.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

struct Trouble: Error, CustomStringConvertible {
    let description: String
}
