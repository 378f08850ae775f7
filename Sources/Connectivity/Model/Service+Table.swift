extension Service {
    /// The five backends of the application, in the order in which they are listed for people.
    public static let all: [Service] = [comfyui, wan2gp, litellm, rvc, audioldm]

    public static let comfyui = Service(
        name: .comfyui, kind: .comfyui, endpoint: Endpoint(scheme: .ws, port: 8188), otherPorts: [8189, 8190, 8080],
        probes: [.get("/system_stats"), .message(type: "system_stats", path: "/ws")],
        pool: PoolSettings(maximum: 5, minimum: 1), isCritical: true)

    public static let wan2gp = Service(
        name: .wan2gp, kind: .gradio, endpoint: Endpoint(port: 7860), otherPorts: [7861, 7862, 7863],
        probes: [.get("/config"), .get("/api/health")],
        pool: PoolSettings(maximum: 10, minimum: 2, acquireTimeout: .seconds(60)),
        health: HealthSettings(interval: .seconds(60), timeout: .seconds(10)),
        marks: ["wan2gp", "wangp", "generatevideo"])

    public static let litellm = Service(
        name: .litellm, kind: .litellm, endpoint: Endpoint(port: 8000), otherPorts: [4000],
        probes: [.get("/health/liveliness"), .get("/health")],
        pool: PoolSettings(maximum: 20, minimum: 5, idleTimeout: .seconds(600)), isCritical: true)

    public static let rvc = Service(
        name: .rvc, kind: .gradio, endpoint: Endpoint(port: 7865), otherPorts: [7866, 7867],
        probes: [.get("/config"), .get("/api/status")], pool: PoolSettings(maximum: 15, minimum: 3),
        marks: ["rvc", "voiceconversion", "inferconvert"])

    public static let audioldm = Service(
        name: .audioldm, kind: .gradio, endpoint: Endpoint(port: 7863), otherPorts: [7864, 7868],
        probes: [.get("/config"), .get("/api/ready")], pool: PoolSettings(maximum: 15, minimum: 3),
        marks: ["audioldm", "text2audio"])
}
