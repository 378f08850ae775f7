internal import JSONTree

/// What each node class does.
///
/// The classes of the embedded table are known by name; those of node files say it themselves (`behaviour`), and
/// for all others the types of their sockets must do.
struct Behaviours: Sendable {
    private let byClass: [String: NodeBehaviour]

    /// Of the classes of a table.
    init(table: NodeTable) {
        let known = [
            LoaderNodes.all, ConditioningNodes.all, SamplerNodes.all, LatentNodes.all, ImageNodes.all, MaskNodes.all,
            SaveNodes.all, VideoNodes.all, AudioNodes.all, PrimitiveNodes.all,
        ]
        var byClass = known.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        for name in table.names {
            guard let type = table[name] else { continue }
            if let declared = type.behaviour {
                byClass[name] = NodeBehaviour.declared(declared, for: type)
            } else if byClass[name] == nil {
                byClass[name] = NodeBehaviour.bySockets(of: type)
            }
        }
        self.byClass = byClass
    }

    subscript(className: String) -> NodeBehaviour {
        byClass[className] ?? NodeBehaviour { _, _ in NodeOutcome() }
    }
}

extension NodeBehaviour {
    /// A class that only turns values into values.
    static func pure(_ work: @escaping @Sendable (NodeCall) throws(NodeFailure) -> [NodeValue]) -> NodeBehaviour {
        NodeBehaviour { call, _ in NodeOutcome(values: try work(call)) }
    }

    /// A class that gives tokens of these types, named after an input.
    static func tokens(_ types: String..., about input: String) -> NodeBehaviour {
        .pure { call in
            let about = call[input].json?.pythonStr ?? ""
            return types.map { NodeValue.token(type: $0, about: about) }
        }
    }

    /// A class that hands an input on.
    static func passing(_ input: String) -> NodeBehaviour { .pure { [$0[input]] } }
}
