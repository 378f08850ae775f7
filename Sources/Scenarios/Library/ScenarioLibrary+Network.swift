extension ScenarioLibrary {
    /// Troubles on the way between client and server.
    static let network = [
        Entry(
            "flaky-network", "Connections break; some at once, some in the middle of an answer, some of WebSockets.",
            rules: """
                  - name: one connection in twenty is reset at once
                    on: any connect
                    when: { probability: 0.05 }
                    drop: reset

                  - name: one answer in twenty breaks off
                    on: any
                    when: { probability: 0.05 }
                    drop: { how: reset, after_bytes: 400 }

                  - name: one message in a hundred is the last one
                    on: comfyui sends
                    when: { probability: 0.01 }
                    drop: reset

                  - name: answers come now and then
                    on: any
                    delay: { uniform: [0s, 300ms] }
                """),
        Entry(
            "slow-network",
            "A thin line; handshakes are late, and what is sent comes in small pieces at 64 KB a second.",
            rules: """
                  - name: a thin line
                    on: any connect
                    delay: { handshake: { uniform: [100ms, 400ms] } }
                    throttle: 64KB/s
                    slice: { bytes: 1400, gap: { uniform: [5ms, 40ms] } }
                """),
        Entry(
            "bad-gateway", "A proxy in front of the servers; every third answer is its own 502 page instead of JSON.",
            rules: """
                  - name: every third answer is the proxy's
                    on: any
                    when: { every: 3 }
                    respond:
                      status: 502
                      headers: { server: nginx, content-type: text/html }
                      text: "<html>\\r\\n<head><title>502 Bad Gateway</title></head>\\r\\n<body>\\r\\n<center><h1>502 Bad Gateway</h1></center>\\r\\n<hr><center>nginx</center>\\r\\n</body>\\r\\n</html>\\r\\n"
                """),
    ]

    /// Servers that start, restart, and seem to be alive.
    static let lives = [
        Entry(
            "cold-start", "Nothing is ready for ten seconds, and the first run afterwards loads its model.",
            rules: """
                  - name: not ready yet
                    on: any
                    when: { for: 10s }
                    error: not_ready

                  - name: the first prompt loads the model
                    on: comfyui POST /prompt|/api/prompt
                    when: { at: 10s, first: 1 }
                    delay: { step: 1s }

                  - name: the first call loads the model
                    on: litellm POST /v1/chat/completions|/chat/completions
                    when: { at: 10s, first: 1 }
                    delay: { first_token: 5s }
                """),
        Entry(
            "restart",
            "After ten seconds every server restarts; three seconds later it is back and knows all that it knew.",
            rules: """
                  - name: restart
                    on: any
                    when: { at: 10s }
                    refuse: 3s
                    state: kept
                """),
        Entry(
            "restart-state-lost",
            "After ten seconds every server restarts; three seconds later it is back and has forgotten all.",
            rules: """
                  - name: restart
                    on: any
                    when: { at: 10s }
                    refuse: 3s
                    state: lost
                """),
        Entry(
            "zombie", "Servers answer their health checks and finish nothing.",
            rules: """
                  - name: prompts run forever
                    on: comfyui POST /prompt|/api/prompt
                    delay: { step: 1h }

                  - name: calls get no answer
                    on: litellm POST /v1/chat/completions|/chat/completions|/v1/completions|/completions|/v1/embeddings|/embeddings|/v1/messages|/v1/responses|/responses
                    drop: hang

                  - name: jobs never complete
                    on: gradio sends process_completed
                    skip: true
                """),
    ]
}
