extension ScenarioLibrary {
    /// Troubles of the work itself: the graphics card, the queue, the disk.
    static let work = [
        Entry(
            "busy-gpu",
            "One graphics card for too many; steps and tokens are slow, and now and then a run finds no memory.",
            rules: """
                  - name: steps of sampling are slow
                    on: comfyui POST /prompt|/api/prompt
                    delay: { step: { lognormal: { median: 300ms, p99: 1500ms } } }

                  - name: every fourth prompt runs out of memory
                    on: comfyui POST /prompt|/api/prompt
                    when: { every: 4 }
                    error: out_of_memory

                  - name: tokens are slow
                    on: litellm POST /v1/chat/completions|/chat/completions
                    delay: { first_token: { lognormal: { median: 800ms, p99: 4s } }, between_tokens: 60ms }

                  - name: every fifth job finds the queue full
                    on: gradio POST /gradio_api/queue/join|/queue/join
                    when: { every: 5 }
                    error: queue_full
                """),
        Entry(
            "gpu-out-of-memory", "The graphics card is full; every run ends out of memory.",
            rules: """
                  - name: every prompt runs out of memory
                    on: comfyui POST /prompt|/api/prompt
                    error: out_of_memory

                  - name: the card has no memory left
                    on: comfyui
                    set: { vram_free: 0 }

                  - name: every job runs out of memory
                    on: gradio POST /gradio_api/queue/join|/queue/join
                    error: out_of_memory
                """),
        Entry(
            "overloaded", "Too much to do everywhere; answers come late, and a part of the calls is turned away.",
            rules: """
                  - name: ComfyUI answers late
                    on: comfyui
                    delay: { lognormal: { median: 1s, p99: 6s } }

                  - name: three in ten calls are turned away
                    on: litellm POST /v1/chat/completions|/chat/completions|/v1/completions|/v1/embeddings
                    when: { probability: 0.3 }
                    error: overloaded

                  - name: three in ten jobs find the queue full
                    on: gradio POST /gradio_api/queue/join|/queue/join
                    when: { probability: 0.3 }
                    error: queue_full
                """),
        Entry(
            "disk-full", "No space is left; what would be saved or uploaded fails.",
            rules: """
                  - name: pictures cannot be saved
                    on: comfyui POST /prompt|/api/prompt
                    error: disk_full

                  - name: pictures cannot be uploaded
                    on: comfyui POST /upload/image|/api/upload/image|/upload/mask|/api/upload/mask
                    error: upload_failed

                  - name: files cannot be uploaded
                    on: gradio POST /gradio_api/upload|/upload
                    respond:
                      status: 500
                      headers: { content-type: text/plain; charset=utf-8 }
                      text: Internal Server Error
                """),
    ]

    /// Troubles with keys and their limits.
    static let keys = [
        Entry(
            "rate-limited",
            "Each key has three calls a minute; those beyond are refused with 429 and the proxy's headers.",
            rules: """
                  - name: three calls a minute
                    on: litellm POST /v1/chat/completions|/chat/completions|/v1/completions|/completions|/v1/embeddings|/embeddings|/v1/messages|/v1/responses|/responses
                    quota: { requests: 3, per: 1m, error: rate_limit }
                """),
        Entry(
            "expired-key", "The key is good for three calls and has expired then.",
            rules: """
                  - name: the key has expired
                    on: litellm POST /v1/chat/completions|/chat/completions|/v1/completions|/completions|/v1/embeddings|/embeddings|/v1/messages|/v1/responses|/responses
                    when: { after: 3, per: client }
                    error: expired_key
                """),
    ]
}
