internal import JSONTree

/// One declared input of a node class, as `INPUT_TYPES` gives it upstream (`nodes.py`).
struct NodeInput: Sendable {
    /// What an input accepts.
    enum Kind: Sendable, Hashable {
        /// One of a list: the older combo form (`[["a", "b"], {…}]`), whose type is the list itself.
        case choice(Choices)
        /// A type by name: `INT`, `IMAGE`, `COMBO`, `*`, `IMAGE,MASK`.
        case named(String)
    }

    /// The options of a combo.
    enum Choices: Sendable, Hashable {
        case fixed([JSON])
        /// The files of a folder, looked up each time: `checkpoints`, `input`, `input:audio`.
        case files(String)
    }

    let name: String
    let isRequired: Bool
    let kind: Kind
    /// Options of the newer combo form, which stand under `options`.
    let options: Choices?
    /// The second element of the declaration, as sent; `nil` where the class declares none.
    let config: JSONObject?

    /// Asked for only when the node wants it (`check_lazy_status` upstream).
    var isLazy: Bool { config?["lazy"]?.isTruthy ?? false }
    /// A combo of which several may be chosen.
    var isMultiselect: Bool { config?["multiselect"]?.isTruthy ?? false }
    /// Converted to a Python type of this name before the checks: INT, FLOAT, STRING, BOOLEAN.
    var typeName: String? { if case .named(let name) = kind { name } else { nil } }

    /// The options of either combo form; `nil` for all other types.
    func choices(in listing: FileListing) -> [JSON]? {
        switch kind {
        case .choice(let choices): listing.values(of: choices)
        case .named("COMBO"): options.map { listing.values(of: $0) } ?? []
        case .named: nil
        }
    }

    /// The type as the wire has it: a name, or the list of the older combo form.
    func type(in listing: FileListing) -> JSON {
        switch kind {
        case .choice(let choices): .array(listing.values(of: choices))
        case .named(let name): .string(name)
        }
    }

    /// The declaration as `/object_info` sends it.
    func declaration(in listing: FileListing) -> JSON {
        guard let config = resolved(in: listing) else { return [type(in: listing)] }
        return [type(in: listing), .object(config)]
    }

    /// The declaration as errors send it: with `{}` where the class declares no options.
    func inputConfig(in listing: FileListing) -> JSON {
        [type(in: listing), .object(resolved(in: listing) ?? [:])]
    }

    private func resolved(in listing: FileListing) -> JSONObject? {
        guard var config, let options else { return config }
        config["options"] = .array(listing.values(of: options))
        return config
    }
}

/// Looks up the files that a combo offers at this moment.
struct FileListing: Sendable {
    /// Names by folder, sorted as the server sorts them.
    var names: @Sendable (_ folder: String) -> [String]

    /// No file anywhere.
    static let empty = FileListing { _ in [] }

    func values(of choices: NodeInput.Choices) -> [JSON] {
        switch choices {
        case .fixed(let values): values
        // The one entry that is no file: see `VAELoader.vae_list` upstream.
        case .files("vae"): (names("vae") + ["pixel_space"]).map { .string($0) }
        case .files(let folder): names(folder).map { .string($0) }
        }
    }
}
