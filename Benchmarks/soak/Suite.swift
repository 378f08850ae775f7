import Connectivity
import Foundation

/// The suite, as a process of its own, playing the scenario `chaos`.
final class Suite: Sendable {
    let process: Int32
    let comfyui: String
    let litellm: String
    let gradio: String
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
        for fake in try JSONValue(parsing: text)["fakes"]?.array ?? [] {
            if let id = fake["id"]?.string, let url = fake["url"]?.string { urls[id] = url }
        }
        guard let comfyui = urls["comfyui"], let litellm = urls["litellm"], let gradio = urls["echo"] else {
            throw Trouble(description: "the suite came up without comfyui, litellm or echo: \(text)")
        }
        (self.comfyui, self.litellm, self.gradio) = (comfyui, litellm, gradio)
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
