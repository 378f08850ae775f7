import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

/// An app whose files take some work.
private let studio = """
    title: studio
    components:
      - textbox: text
      - video: film
      - file: recording
      - number: n
    functions:
      - api_name: film
        inputs: [text]
        outputs: [film]
        reply: "{video(prompt=text, seed=1, frames=24, width=640, height=480, fps=8, name='film.mp4')}"
      - { api_name: record, inputs: [text], outputs: [recording], reply: "{sound(text, 1, seconds=30, name='a.wav')}" }
      - { api_name: size, inputs: [recording], outputs: [n], reply: "{size(recording)}" }
    """

@Suite struct MadeFilesTests {
    @Test func `others are answered while a film is being made`() async throws {
        try await withGradio(studio) { fake in
            let made = try await fake.post("/run/film", ["data": ["a mill"]])
            let path = try #require(made.json["data"]?[0]?["path"]?.string)

            let (film, others) = try await fake.answers(to: "/gradio_api/app_id") {
                try await fake.get("/gradio_api/file=\(path)")
            }

            #expect(film.status == 200)
            #expect(film.body.count > 10_000)
            #expect(others > 10)
        }
    }

    @Test func `a file that a function is given, or tells the size of, is made beside the loop`() async throws {
        try await withGradio(studio) { fake in
            let (recorded, others) = try await fake.answers(to: "/gradio_api/app_id") {
                try await fake.post("/run/record", ["data": ["rain"]])
            }
            let file = try #require(recorded.json["data"]?[0])
            let measured = try await fake.post("/run/size", ["data": [file]])

            #expect(file["size"]?.int == 30 * 16_000 * 2 + 44)
            #expect(measured.json["data"]?[0] == file["size"])
            #expect(others > 10)
        }
    }
}
