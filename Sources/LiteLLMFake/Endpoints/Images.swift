internal import Encodings
internal import Fakes
internal import JSONTree
internal import Media
internal import Scenarios
internal import SocketServer

/// `POST /v1/images/generations` and `…/edits`.
extension FakeLiteLLM {
    private static let path = "/image/generations"

    func image(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        try require("prompt", in: call, route: .terse, path: Self.path)
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .terse, path: Self.path)
            let (reached, made) = try await self.attempt(
                call, route: .terse, style: .media
            ) { (deployment) throws(CallFailure) -> Reached? in
                if self.isMocked(deployment, call) { return nil }
                if !self.settings.proxy.dropsParameters { try Self.refuseFormat(call, deployment) }
                return try await self.reach(deployment, call, style: .media, streams: false)
            }
            return await self.imageReply(call, made, reached)
        }
    }

    /// Only DALL·E has a choice of formats.
    private static func refuseFormat(_ call: Call, _ deployment: Deployment) throws(CallFailure) {
        guard let format = call.document["response_format"], !format.isNull,
            !deployment.upstreamModel.hasPrefix("dall-e")
        else { return }
        throw CallFailure(
            .unsupportedParams, status: 400,
            "Setting `response_format` is not supported by \(deployment.provider), \(deployment.upstreamModel). "
                + "To drop it from the call, set `litellm.drop_params = True`.")
    }

    private func imageReply(_ call: Call, _ made: Made, _ reached: Reached?) async -> Reply {
        let deployment = made.deployment
        var images: [(base64: String?, revised: String?, url: String?)] = []
        var created = call.now.wholeSeconds
        if let reached {
            let script = reached.upstream.answers["image"]
            created = script?["created"]?.int ?? created
            let wantsData =
                (call.document.text("response_format") == "b64_json" && !settings.proxy.dropsParameters)
                || deployment.upstreamModel.contains("gpt-image")
                || script == nil
            for index in 0..<max(1, min(call.document["n"]?.int ?? 1, 10)) {
                if wantsData {
                    var data = script?["b64_json"]?.string
                    if data == nil { data = await picture(call, index) }
                    images.append((data, nil, nil))
                } else {
                    images.append((nil, script?["revised_prompt"]?.string, script?["url"]?.string))
                }
            }
        } else {
            images = [(nil, nil, deployment.mockText)]
        }
        var body: [UInt8] = []
        body.add(#"{"created":"#)
        body.add(created)
        body.add(#","background":null,"data":["#)
        for (index, image) in images.enumerated() {
            body.add(index > 0 ? #",{"b64_json":"# : #"{"b64_json":"#)
            body.add(quoted: image.base64)
            body.add(#","revised_prompt":"#)
            body.add(quoted: image.revised)
            body.add(#","url":"#)
            body.add(quoted: image.url)
            body.add(#","provider_specific_fields":null}"#)
        }
        body.add(
            #"],"output_format":null,"quality":null,"safety_identifier":null,"size":null,"svg_usage":null,"#
                + #""usage":{"total_tokens":0,"input_tokens":0,"input_tokens_details":{"image_tokens":0,"text_tokens":0},"#
                + #""output_tokens":0}}"#)
        settle(call, used: 0, cost: .nothing)
        return .json(body, fields: successFields(.media, call, made), crossOrigin: call.crossOrigin)
    }

    /// A picture that follows from the prompt, as PNG. Only the data is given out: there is no place to fetch it from.
    private func picture(_ call: Call, _ index: Int) async -> String {
        let sides = (call.document.text("size") ?? "").split(separator: "x").compactMap { Int($0) }
        let (width, height) = sides.count == 2 ? (sides[0], sides[1]) : (256, 256)
        let prompt = call.document.text("prompt") ?? ""
        var luck = environment.random("image", prompt, String(index))
        let seed = luck.next()
        return await environment.aside {
            let bitmap = Picture.make(
                seed: seed, prompt: prompt, width: min(max(width, 16), 1024), height: min(max(height, 16), 1024))
            return Base64.encode(PNG.encode(bitmap, alpha: false))
        }
    }

    /// The upstreams know of no edits; a deployment that nobody has described makes a new picture.
    func imageEdit(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        return try await limited(call, route: .responses) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .responses, path: "/image/edits")
            let (reached, made) = try await self.attempt(
                call, route: .responses, style: .raw
            ) { (deployment) throws(CallFailure) -> Reached? in
                if self.isMocked(deployment, call) { return nil }
                let reached = try await self.reach(deployment, call, style: .raw, streams: false)
                guard !reached.upstream.answers.isEmpty else { return reached }
                var failure = CallFailure(.notFound, status: 404, provider: deployment.exceptionName, "404: Not Found")
                failure.upstreamFields = reached.upstream.plainFields(
                    type: "text/plain; charset=utf-8", length: 14, now: call.now)
                throw failure
            }
            return await self.imageReply(call, made, reached)
        }
    }
}
