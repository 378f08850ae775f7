extension Contract {
    static let liteLLM: [Contract] = [
        // Late, slow, in pieces: all the same to the client.
        .chat("litellm POST /v1/chat/completions: delay 30ms", "the answer; asked once"),
        .chat("litellm POST /v1/chat/completions: delay 30s", "timeout (read); asked 3 times", hasty: true),
        .chat("litellm POST /v1/chat/completions: delay {close: 30ms}", "the answer; asked once"),
        .chat("litellm connect: delay {handshake: 30ms}", "the answer; asked once"),
        .stream(
            "litellm POST /v1/chat/completions: delay {first_token: 30ms, between_tokens: 2ms}",
            "the answer; asked once"),
        .stream(
            "litellm POST /v1/chat/completions: delay {between_tokens: 30s}", "timeout (read); asked once", hasty: true),
        .stream("litellm POST /v1/chat/completions: delay {chunk: 2ms}", "the answer; asked once"),
        .chat("litellm POST /v1/chat/completions: throttle 100KB/s", "the answer; asked once"),
        .chat("litellm POST /v1/chat/completions: slice 7", "the answer; asked once"),
        .stream("litellm POST /v1/chat/completions: slice 7", "the answer; asked once"),
        .chat("litellm POST /v1/chat/completions: dribble {pieces: 5, over: 30ms}", "the answer; asked once"),
        // Broken connections.
        .chat("litellm POST /v1/chat/completions: drop reset", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: drop reset, once", "the answer; asked twice"),
        .chat("litellm POST /v1/chat/completions: drop close", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: drop half_close", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: drop hang", "timeout (read); asked 3 times", hasty: true),
        .chat(
            "litellm POST /v1/chat/completions: drop {how: close, after_bytes: 900}", "connection_lost; asked 3 times"),
        .stream(
            "litellm POST /v1/chat/completions: drop {how: reset, after_messages: 2}", "connection_lost; asked once"),
        .stream(
            "litellm POST /v1/chat/completions: drop {how: close, after_messages: 2}", "connection_lost; asked once"),
        .stream(
            "litellm POST /v1/chat/completions: drop {how: hang, after_messages: 2}", "timeout (read); asked once",
            hasty: true),
        .chat("litellm connect: drop reset", "connection_lost; asked never"),
        .chat("litellm connect: drop hang", "timeout (read); asked never", hasty: true),
        .chat("litellm: refuse true", "refused; asked never"),
        .chat("litellm: refuse 20ms, state lost", "the answer; asked once"),
        .chat("litellm: state lost, refuse 20ms", "the answer; asked once"),
        .chat("litellm connect: limit 0", "connection_lost; asked never"),
        // What the proxy says.
        .chat("litellm POST /v1/chat/completions: quota {requests: 0, per: 1h}", "rate_limited; asked once"),
        .chat("litellm POST /v1/chat/completions: error rate_limit", "rate_limited; asked once"),
        .chat("litellm POST /v1/chat/completions: error rate_limit retry_after 1s, once", "the answer; asked twice"),
        .chat("litellm POST /v1/chat/completions: error authentication", "unauthorized; asked once"),
        .chat("litellm POST /v1/chat/completions: error context_window", "rejected; asked once"),
        .chat("litellm POST /v1/chat/completions: error upstream_timeout", "rejected; asked once"),
        .chat("litellm POST /v1/chat/completions: error upstream_error", "server_error; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: error overloaded, once", "the answer; asked twice"),
        .chat("litellm POST /v1/chat/completions: error not_ready", "server_error; asked 3 times"),
        .stream("litellm POST /v1/chat/completions: error mid_stream_error", "server_error; asked once"),
        .chat(
            "litellm POST /v1/chat/completions: respond {status: 200, text: <html>Welcome</html>}",
            "protocol; asked once"),
        .stream(
            "litellm POST /v1/chat/completions: respond {status: 200, text: <html>Welcome</html>}",
            "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: respond {status: 200, json: {id: 5}}", "protocol; asked once"),
        .chat(
            "litellm POST /v1/chat/completions: respond {status: 302, headers: {location: 'http://127.0.0.1:1/'}}",
            "redirected; asked once"),
        .chat("litellm POST /v1/chat/completions: interim 103", "the answer; asked once"),
        .chat("litellm: set {ready: false}", "server_error; asked 3 times"),
        // Broken answers.
        .chat("litellm POST /v1/chat/completions: corrupt truncated_body", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: corrupt wrong_content_length", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: corrupt {wrong_content_length: -20}", "protocol; asked once"),
        .stream("litellm POST /v1/chat/completions: corrupt bad_chunk", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt garbage", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt empty_answer", "connection_lost; asked 3 times"),
        .chat("litellm POST /v1/chat/completions: corrupt invalid_json", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt invalid_utf8", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt wrong_content_type", "the answer; asked once"),
        .stream("litellm POST /v1/chat/completions: corrupt wrong_content_type", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt duplicate_headers", "protocol; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt huge_headers", "the answer; asked once"),
        .chat("litellm POST /v1/chat/completions: corrupt redirect_loop", "redirected; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt missing_terminator, nth 2", "protocol; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt split_utf8", "the answer; asked once"),
        .stream("litellm POST /v1/chat/completions: corrupt mixed_line_ends", "the answer; asked once"),
        .stream("litellm POST /v1/chat/completions: corrupt byte_order_mark", "the answer; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt comments", "the answer; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt retry", "the answer; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt huge_line, nth 2", "the answer; asked once"),
        .stream("litellm sends chat.completion.chunk: corrupt half_event, nth 2", "connection_lost; asked once"),
        // Messages that never come, come twice, late, to somebody else, changed, unasked.
        .stream("litellm sends chat.completion.chunk: duplicate 1, nth 2", "another answer; asked once"),
        .stream("litellm sends chat.completion.chunk: skip, nth 2", "another answer; asked once"),
        .stream("litellm sends done: skip", "truncated; asked once"),
        .stream("litellm sends chat.completion.chunk: reorder 1, nth 2", "another answer; asked once"),
        .stream("litellm sends done: misdeliver", "truncated; asked once"),
        .stream("litellm sends done: edit {/x: 1}", "the answer; asked once"),
        .stream("litellm sends chat.completion.chunk: edit {/choices: none}, nth 2", "protocol; asked once"),
        .stream("litellm sends chat.completion.chunk: send {text: 'data: {}'}, nth 2", "protocol; asked once"),
    ]
}
