import JSONTree

/// The components of a page with their ids, and how they stand within each other.
///
/// Ids are given as the real server gives them: in the order of making, the forms that it puts around neighbouring
/// inputs only when their container is complete, and tabs that no `Tabs` was made for at the very end.
struct PageLayout: Sendable {
    /// A place on the page.
    struct Place: Sendable {
        let id: Int
        var children: [Place] = []
        /// The sort of container that the component wants around itself.
        fileprivate var wants: String?
        /// Whether something could stand in it.
        fileprivate var isContainer = false

        init(id: Int) { self.id = id }

        /// As `/config` has it; an empty container has its empty list.
        var json: JSON {
            var object: JSONObject = ["id": .int(id)]
            if isContainer || !children.isEmpty { object["children"] = .array(children.map(\.json)) }
            return .object(object)
        }
    }

    /// In the order in which `/config` lists them.
    private(set) var components: [Component] = []
    private(set) var root = Place(id: 0)
    /// Names of the app file and their ids.
    private(set) var ids: [String: Int] = [:]

    private let templates: ComponentTemplates
    private let major: GradioMajor
    private var next = 0
    /// Whether the file says where everything stands, so that nothing is put around it.
    private var isExact = false

    init(_ templates: ComponentTemplates, major: GradioMajor) {
        self.templates = templates
        self.major = major
    }

    /// A page of `gr.Blocks`; one whose components say their ids stands as the file has it.
    static func blocks(_ definition: AppDefinition, _ templates: ComponentTemplates) -> PageLayout {
        var layout = PageLayout(templates, major: definition.major)
        let ids = definition.components.flatMap(\.withDescendants).compactMap(\.id)
        layout.isExact = !ids.isEmpty
        layout.root = Place(id: definition.pageID ?? layout.newID())
        if layout.isExact { layout.next = max(layout.root.id, ids.max() ?? 0) + 1 }
        layout.root.children = layout.contents(definition.components, of: "blocks")
        if layout.isExact { layout.components.sort { $0.id < $1.id } }
        return layout
    }

    /// Takes the next id.
    mutating func newID() -> Int {
        defer { next += 1 }
        return next
    }

    /// Makes a component without putting it anywhere.
    mutating func make(_ definition: ComponentDefinition) -> Place {
        let id = definition.id ?? newID()
        guard let template = templates[definition.kind] else {
            preconditionFailure("an app file's kinds are looked up when it is read")
        }
        components.append(Component(id: id, definition, template: template, major: major))
        if let name = definition.name { ids[name] = id }
        var place = Place(id: id)
        // In 6 HTML may hold others, which no app file says.
        place.isContainer =
            template.isContainer && definition.kind != ComponentTemplates.stranger
            || major == .six && definition.kind == "html"
        place.wants = template.belongsIntoForm ? "form" : definition.kind == "tab" ? "tabs" : nil
        return place
    }

    /// Sets the page itself; used where it is not laid out by hand.
    mutating func setRoot(_ place: Place) { root = place }

    /// Puts the listed components in another order, that of their making being kept for the rest.
    mutating func list(_ order: [Int]) {
        components = order.compactMap { id in components.first { $0.id == id } }
    }

    /// What stands in a container, with the forms that it gets.
    private mutating func contents(_ definitions: [ComponentDefinition], of kind: String) -> [Place] {
        var places: [Place] = []
        for definition in definitions {
            var place = make(definition)
            place.children = contents(definition.children, of: definition.kind)
            places.append(place)
        }
        return grouped(places, in: kind)
    }

    /// Puts neighbours that want the same container into one.
    mutating func grouped(_ places: [Place], in kind: String) -> [Place] {
        if isExact { return places }
        var result: [Place] = []
        var open: String?
        for place in places {
            guard let wanted = place.wants, wanted != kind else {
                open = nil
                result.append(place)
                continue
            }
            if open == wanted {
                result[result.count - 1].children.append(place)
            } else {
                let properties: JSONObject = wanted == "form" ? ["scale": 0, "min_width": 0] : [:]
                var container = make(ComponentDefinition(kind: wanted, properties: properties))
                container.children = [place]
                result.append(container)
                open = wanted
            }
        }
        return result
    }
}
