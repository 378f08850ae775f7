extension ScenarioLibrary {
    /// Troubles with streams and the messages of WebSockets.
    static let messages = [
        Entry(
            "mid-stream-cut", "Streams and WebSockets are reset in the middle of what they tell.",
            rules: """
                  - name: the tokens break off
                    on: litellm POST /v1/chat/completions|/chat/completions
                    drop: { how: reset, after_messages: 5 }

                  - name: the socket dies in the middle of sampling
                    on: comfyui sends progress
                    when: { nth: 3, per: connection }
                    drop: reset

                  - name: the events break off
                    on: gradio GET /gradio_api/queue/data|/queue/data
                    drop: { how: reset, after_messages: 2 }
                """),
        Entry(
            "silent-socket", "WebSockets stay open and fall silent; no messages come any more, and no pongs.",
            rules: """
                  - name: silence after two messages
                    on: comfyui opens /ws|/api/ws
                    drop: { how: hang, after_messages: 2 }
                    corrupt: no_pong
                """),
        Entry(
            "out-of-order-events", "Events overtake one another, come twice, and progress goes backwards.",
            rules: """
                  - name: progress goes backwards
                    on: comfyui sends progress
                    when: { every: 4 }
                    edit: { /data/value: 0 }

                  - name: progress is overtaken
                    on: comfyui sends progress
                    when: { every: 3 }
                    reorder: 1

                  - name: results come twice
                    on: comfyui sends executed
                    duplicate: 1

                  - name: the start comes late
                    on: gradio sends process_starts
                    reorder: 1

                  - name: the estimation comes twice
                    on: gradio sends estimation
                    duplicate: 1
                """),
    ]

    /// A bit of everything.
    static let chaos = Entry(
        "chaos", "A seeded mix of everything at once, for soak tests.", seed: 42,
        rules: """
              - name: late
                on: any
                when: { probability: 0.2 }
                delay: { lognormal: { median: 200ms, p99: 3s } }

              - name: reset
                on: any
                when: { probability: 0.02 }
                drop: reset

              - name: cut
                on: any
                when: { probability: 0.02 }
                drop: { how: close, after_bytes: 300 }

              - name: the proxy in front
                on: any
                when: { probability: 0.02 }
                respond: { status: 502, headers: { content-type: text/html }, text: <h1>502 Bad Gateway</h1> }

              - name: no valid JSON
                on: any
                when: { probability: 0.01 }
                corrupt: invalid_json

              - name: rate limit
                on: litellm POST /v1/chat/completions|/chat/completions
                when: { probability: 0.05 }
                error: rate_limit

              - name: upstream error
                on: litellm POST /v1/chat/completions|/chat/completions
                when: { probability: 0.05 }
                error: upstream_error

              - name: out of memory
                on: comfyui POST /prompt|/api/prompt
                when: { probability: 0.05 }
                error: out_of_memory

              - name: a message twice
                on: comfyui sends
                when: { probability: 0.02 }
                duplicate: 1

              - name: a message too few
                on: comfyui sends progress
                when: { probability: 0.05 }
                skip: true

              - name: the socket closes
                on: comfyui sends
                when: { probability: 0.005 }
                drop: { code: 1012, reason: service restart }

              - name: the app fails
                on: gradio POST /gradio_api/queue/join|/queue/join
                when: { probability: 0.05 }
                error: app_error
            """)
}
