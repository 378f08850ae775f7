import JSONTree
import SocketServer

extension Reply {
    /// JSON as the server writes it: compact, with raw UTF-8.
    static func json(_ value: JSON, status: Int = 200, type: String = "application/json") -> Reply {
        whole(value.bytes(.compact), status: status, type: type)
    }

    /// `{"detail": …}`, the body of every refusal of the framework.
    static func detail(_ status: Int, _ detail: JSON) -> Reply { json(["detail": detail], status: status) }

    /// Plain text.
    static func plain(_ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8") -> Reply {
        whole(Array(text.utf8), status: status, type: type)
    }

    /// What an exception that nobody handled leaves of an answer: in version 5 its traceback.
    static func internalError(_ major: GradioMajor) -> Reply {
        var reply = plain(major == .five ? trace : "Internal Server Error", status: 500)
        // The exception goes on through the server, which then closes.
        reply.breaksOff = true
        return reply
    }

    private static let trace = """
        Traceback (most recent call last):
          File "/app/gradio/route_utils.py", line 1029, in __call__
            await self.app(scope, receive, send)
          File "/app/gradio/routes.py", line 1205, in handler
            raise ValueError("the fake's function failed where the real one's would")
        ValueError: the fake's function failed where the real one's would

        """

    /// No body and no type.
    static func empty(_ status: Int, headers: HeaderFields = [:]) -> Reply {
        var fields: HeaderFields = ["content-length": "0"]
        fields.append(contentsOf: headers)
        return Reply(status: status, headers: fields, body: .bytes([]))
    }

    /// A body with its length before its type, as the framework writes them.
    static func whole(_ bytes: [UInt8], status: Int = 200, type: String) -> Reply {
        Reply(
            status: status, headers: ["content-length": "\(bytes.count)", "content-type": type], body: .bytes(bytes))
    }

    /// A stream of events.
    static func events(_ body: @escaping @Sendable (ResponseWriter) async throws -> Void) -> Reply {
        Reply(headers: ["content-type": "text/event-stream; charset=utf-8"], body: .stream(body))
    }

    /// Somewhere else.
    static func redirect(_ status: Int, to location: String) -> Reply {
        empty(status, headers: ["location": location])
    }
}
