internal import JSONTree
internal import Words

/// Reads the fields of a query, one after the other, and remembers all that is wrong.
struct QueryReading {
    private(set) var problems: [String] = []
    private let others: [String]
    private let place: String
    private var tests: [FieldTest] = []
    private var from = 0

    init(others: [String], place: String = "") {
        self.others = others
        self.place = place.isEmpty ? "" : "\(place): "
    }

    private var names: [String] {
        JournalField.plain.map(\.name) + ["since"] + JournalField.families + others
    }

    /// Reads `name=value`. The name may end in the operator's first half: `status>` and `400` were `status>=400`.
    mutating func read(_ name: String, typed value: String) {
        if let last = name.last, let sign = ["!": "!", "~": "~", ">": ">=", "<": "<="][last] {
            return readTyped(String(name.dropLast()), sign + value, isAlternative: false)
        }
        readTyped(name, value, isAlternative: true)
    }

    /// Reads a member of the JSON form.
    mutating func read(_ name: String, _ value: JSON) {
        if name == "since" { return readSince(value) }
        if JournalField.families.contains(name) {
            guard let members = value.object else {
                complain("\"\(name)\" is an object of names and values, got \(value.pythonType)")
                return
            }
            for (member, value) in members {
                guard let field = JournalField(family: name, member: member) else { continue }
                add(field, value.spelling) { () throws(ValueFault) in try ValueTest(value, for: field) }
            }
            return
        }
        guard let field = JournalField(name) else { return refuse(name) }
        add(field, value.typed) { () throws(ValueFault) in try ValueTest(value, for: field) }
    }

    func query() throws(JournalQueryError) -> JournalQuery {
        if !problems.isEmpty { throw JournalQueryError(problems) }
        return JournalQuery(tests: tests.sorted { ($0.field.cost, $0.place) < ($1.field.cost, $1.place) }, from: from)
    }

    mutating func complain(_ problem: String) { problems.append(place + problem) }

    private mutating func readTyped(_ name: String, _ value: String, isAlternative: Bool) {
        if name == "since" { return readSince(.string(value)) }
        guard let field = JournalField(name) else { return refuse(name) }
        add(field, value, isAlternative: isAlternative) { () throws(ValueFault) in
            try ValueTest(typed: value, for: field)
        }
    }

    private mutating func readSince(_ value: JSON) {
        if let number = value.int ?? value.string.flatMap({ Int($0) }), number >= 0 {
            from = max(from, number)
        } else {
            complain("\"since\" is the number of an entry, got \(value)")
        }
    }

    /// - Parameter isAlternative: whether it is enough that this test passes or another alternative of the field.
    private mutating func add(
        _ field: JournalField, _ text: String, isAlternative: Bool = false,
        _ read: () throws(ValueFault) -> ValueTest
    ) {
        if let pointer = field.pointer, !pointer.isEmpty, pointer.first != "/" {
            complain("\"\(pointer)\" is no pointer such as /messages/0 (RFC 6901)")
            return
        }
        do throws(ValueFault) {
            let test = try read()
            if isAlternative, let again = tests.firstIndex(where: { $0.field == field && $0.isAlternative }) {
                tests[again].test = .anyOf([tests[again].test, test])
                tests[again].text += "," + text
            } else {
                tests.append(
                    FieldTest(
                        field: field, test: test, text: text, place: tests.count, isAlternative: isAlternative))
            }
        } catch {
            complain(error.message)
        }
    }

    private mutating func refuse(_ name: String) {
        let dot = name.firstIndex(of: ".")
        let advice = advice(for: String(name[..<(dot ?? name.endIndex)]), among: names)
        complain("unknown field \"\(name)\": \(advice)")
    }
}

extension JSON {
    /// A list of words as one would type it, anything else as it is spelled.
    fileprivate var typed: String { array?.map(\.spelling).joined(separator: ",") ?? spelling }
}
