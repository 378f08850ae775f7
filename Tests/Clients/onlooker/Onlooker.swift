import Connectivity
import Foundation

/// The clients of Connectivity, to be told what to do from outside: an order a line, and a line about what came of it.
///
///     {"meet": "litellm", "url": "http://127.0.0.1:4000", "patience": 5}      {}
///     {"do": "chat"}                                                          {"gets":["Good evening"]}
///     {"do": "stream"}                                                        {"fails":"timeout (read)","gets":["Good"]}
///
/// Whoever is met is left when the next one is. It ends when nothing more is to be read.
@main struct Onlooker {
    static func main() async {
        var client: (any Client)?
        while let line = readLine() {
            var answer: [String: JSONValue] = [:]
            do {
                let order = try JSONValue(parsing: line)
                if let service = order["meet"]?.string {
                    await client?.leave()
                    client = try meet(service, order)
                } else if let client, let deed = order["do"]?.string {
                    let sight = await client.see(deed, order)
                    answer["gets"] = .array(sight.gets.map { .string($0) })
                    answer["fails"] = sight.fails.map { .string($0) }
                }
            } catch {
                answer["wrong"] = .string("\(error)")
            }
            FileHandle.standardOutput.write(Data("\(JSONValue.object(answer))\n".utf8))
        }
        await client?.leave()
    }

    private static func meet(_ service: String, _ order: JSONValue) throws -> any Client {
        let url = order["url"]?.string ?? ""
        let patience = Duration.seconds(order["patience"]?.number ?? 5)
        switch service {
        case "litellm": return try LiteLLM(url, patience)
        case "comfyui": return try ComfyUI(url, patience)
        default: return try Gradio(url, patience)
        }
    }
}

/// What came of a deed.
struct Sight {
    /// What the application gets to see, piece by piece.
    var gets: [String] = []
    /// The failure after that, in a few words.
    var fails: String?
}

/// A client with what it can do.
protocol Client {
    func act(_ deed: String, _ order: JSONValue, _ gets: inout [String]) async throws
    func leave() async
}

extension Client {
    func see(_ deed: String, _ order: JSONValue) async -> Sight {
        var sight = Sight()
        do {
            try await act(deed, order, &sight.gets)
        } catch let error as ConnectivityError {
            sight.fails = [
                "\(error.code)", error.phase.map { "(\($0.rawValue))" }, error.status.map { "\($0)" },
            ].compactMap(\.self).joined(separator: " ")
        } catch let failure as JobFailure {
            let detail = failure.exceptionType ?? failure.nodeErrors.first?.type
            sight.fails = "\(failure.code)" + (detail.map { " \($0)" } ?? "")
        } catch is CancellationError {
            sight.fails = "CancellationError"
        } catch {
            sight.fails = "\(type(of: error))"
        }
        return sight
    }
}

/// How long each client waits; no request is repeated, so that each deed is one.
func limits(_ patience: Duration) -> TransferLimits {
    TransferLimits(connect: patience, read: patience, total: .seconds(30))
}
