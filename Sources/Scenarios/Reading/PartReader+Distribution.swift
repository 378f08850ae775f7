internal import Words
internal import YAMLNodes

extension PartReader {
    /// `200ms`, or a shape: `{uniform: [100ms, 300ms]}`.
    func distribution(_ node: YAMLNode, of what: String) -> Distribution? {
        guard let mapping = node.mapping else { return duration(node, of: what).map { .fixed($0) } }
        guard let shape = mapping.first, mapping.count == 1, let name = shape.key.scalar?.text else {
            log.expected(
                "a duration for \(what), or one of \(Distribution.shapes.joined(separator: ", ")) with its numbers", at: node)
            return nil
        }
        switch name {
        case "uniform": return uniform(shape.value, of: what)
        case "normal":
            return pair(shape.value, "mean", "deviation", of: what).map { .normal(mean: $0, deviation: $1) }
        case "lognormal":
            return pair(shape.value, "median", "p99", of: what)
                .flatMap { faultless(.lognormal(median: $0, p99: $1), at: shape.value) }
        case "exponential":
            guard let mean = fields(shape.value, ["mean"], of: name)?["mean"] else {
                log.add("\(name) needs mean", at: shape.value.mark)
                return nil
            }
            return duration(mean, of: "mean").map { .exponential(mean: $0) }
        default:
            log.unknown("shape of \(what)", name, among: Distribution.shapes, at: shape.key.mark)
            return nil
        }
    }

    private func uniform(_ node: YAMLNode, of what: String) -> Distribution? {
        guard let bounds = node.sequence, bounds.count == 2 else {
            log.expected("two durations for uniform, such as [100ms, 300ms]", at: node)
            return nil
        }
        guard let low = duration(bounds[0], of: "the lower bound"),
            let high = duration(bounds[1], of: "the upper bound")
        else { return nil }
        return faultless(.uniform(low, high), at: node)
    }

    private func faultless(_ distribution: Distribution, at node: YAMLNode) -> Distribution? {
        guard let fault = distribution.fault else { return distribution }
        log.add(fault, at: node.mark)
        return nil
    }

    private func pair(
        _ node: YAMLNode, _ first: String, _ second: String, of what: String
    ) -> (Duration, Duration)? {
        guard let fields = fields(node, [first, second], of: what) else { return nil }
        guard let one = fields[first], let two = fields[second] else {
            log.add("expected both \(first) and \(second)", at: node.mark)
            return nil
        }
        guard let one = duration(one, of: first), let two = duration(two, of: second) else { return nil }
        return (one, two)
    }
}
