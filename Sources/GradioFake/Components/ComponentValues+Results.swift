import JSONTree

extension ComponentValues {
    /// What a client gets for a value that a function returned.
    func result(_ value: JSON, of component: Component, files: inout FileStore) throws(InputFault) -> JSON {
        switch component.kind {
        case "textbox": return value.isNull ? .null : .string(value.pythonStr)
        case "number": return try wholeIfAsked(value, component)
        case "slider": return value.isNull ? component.properties["minimum"] ?? 0 : value
        case "checkbox": return .bool(value.isTruthy)
        case "checkboxgroup": return value.isNull ? [] : value.array == nil ? [value] : value
        case "dropdown":
            let isMultiple = component.properties["multiselect"]?.bool == true
            return isMultiple && !value.isNull && value.array == nil ? [value] : value
        case "state": return .null
        case "json": return try tree(value)
        case "label": return label(value)
        case "chatbot": return try chat(value)
        case "dataframe": return table(value, component)
        case "highlightedtext": return highlights(value)
        case "markdown":
            if value.isNull || value.string != nil { return value }
            throw .unprocessable(
                expected: "str | I18nData | None",
                original: "AttributeError: '\(value.pythonType)' object has no attribute 'expandtabs'")
        case "code":
            if value.isNull { return value }
            guard let text = value.string else {
                throw .unprocessable(
                    expected: "str | None",
                    original: "AttributeError: '\(value.pythonType)' object has no attribute 'strip'")
            }
            return .string(text.trimmed)
        case "audio", "video", "file", "image", "model3d", "downloadbutton", "uploadbutton":
            return try FileValues(major: major, root: root).result(value, of: component, files: &files)
        case "gallery":
            return try FileValues(major: major, root: root).galleryResult(value, of: component, files: &files)
        default: return value
        }
    }

    private func wholeIfAsked(_ value: JSON, _ component: Component) throws(InputFault) -> JSON {
        guard let precision = component.properties["precision"]?.int, !value.isNull else { return value }
        guard let number = value.double else {
            throw .unprocessable(
                expected: "float | int | None",
                original: "TypeError: type \(value.pythonType) doesn't define __round__ method")
        }
        if precision == 0 { return Int(exactly: number.rounded(.toNearestOrEven)).map { .int($0) } ?? value }
        if value.int != nil { return value }
        let scale = (0..<min(max(precision, 0), 300)).reduce(1.0) { power, _ in power * 10 }
        return .double((number * scale).rounded(.toNearestOrEven) / scale)
    }

    /// A text is read as JSON.
    private func tree(_ value: JSON) throws(InputFault) -> JSON {
        guard let text = value.string else { return value }
        do {
            return try JSON(parsing: text, options: .python)
        } catch {
            throw .failure(
                .refusal(
                    "Invalid JSON string: unexpected character, expected a JSON value: line \(error.line) column \(error.column) (char \(error.offset))"
                ))
        }
    }

    /// Confidences, the highest first.
    private func label(_ value: JSON) -> JSON {
        switch value {
        case .null: return [:]
        case .object(let scores):
            if scores.isEmpty { return [:] }
            if scores["label"] != nil, scores["confidences"] != nil { return value }
            let sorted = scores.enumerated().sorted { left, right in
                let a = left.element.value.double ?? 0
                let b = right.element.value.double ?? 0
                return a == b ? left.offset < right.offset : a > b
            }
            return [
                "label": .string(sorted[0].element.key),
                "confidences": .array(
                    sorted.map { ["label": .string($0.element.key), "confidence": $0.element.value] }),
            ]
        default: return ["label": .string(value.pythonStr), "confidences": .null]
        }
    }

    /// Messages as version 6 and 5 have them.
    private func chat(_ value: JSON) throws(InputFault) -> JSON {
        guard !value.isNull else { return [] }
        guard let messages = value.array, messages.allSatisfy({ $0["role"] != nil && $0["content"] != nil }) else {
            if major <= .four, value.array != nil { return value }
            throw .failure(
                .refusal(
                    "Data incompatible with messages format. Each message should be a dictionary with 'role' and 'content' keys or a ChatMessage object."
                ))
        }
        return .array(
            messages.map { message in
                var content = message["content"] ?? .null
                if major == .six, content.array == nil {
                    content = [["text": .string(content.pythonStr.trimmed), "type": "text"]]
                }
                let metadata = message["metadata"] ?? .null
                return [
                    "role": message["role"] ?? .null, "metadata": metadata, "content": content,
                    "options": message["options"] ?? .null,
                ]
            })
    }

    private func table(_ value: JSON, _ component: Component) -> JSON {
        switch value {
        case .null: return component.properties["value"] ?? ["headers": [], "data": [], "metadata": nil]
        case .array(let rows):
            let width = rows.map { $0.array?.count ?? 0 }.max() ?? 0
            let given = component.properties["headers"]?.array ?? []
            let headers =
                given.count == width ? given : (0..<width).map { JSON.string("\($0 + 1)") }
            return ["headers": .array(headers), "data": value, "metadata": nil]
        default:
            guard var object = value.object else { return value }
            if object["metadata"] == nil { object["metadata"] = .null }
            return .object(object)
        }
    }

    private func highlights(_ value: JSON) -> JSON {
        guard let tokens = value.array else { return value }
        return .array(
            tokens.map { token in
                guard let pair = token.array, pair.count == 2 else { return token }
                return ["token": pair[0], "class_or_confidence": pair[1]]
            })
    }
}

extension String {
    /// Without blanks at either end, as Python's `strip`.
    var trimmed: String {
        var view = Substring(self)
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
