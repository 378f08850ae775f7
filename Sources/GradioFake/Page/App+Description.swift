import JSONTree

extension App {
    /// `/info`: the endpoints with their arguments and results.
    ///
    /// - Parameters:
    ///   - root: the server's address, for the code examples of version 6.
    ///   - all: whether undocumented endpoints are described, too.
    ///   - hasExamples: whether there are examples, in version 6.
    func description(root: String, all: Bool = false, hasExamples: Bool = true) -> JSON {
        var endpoints = JSONObject()
        for function in functions where function.behaviour != nil {
            switch function.definition.visibility {
            case .public: break
            case .undocumented: if !all { continue }
            case .private: continue
            }
            var endpoint = describe(function)
            if major == .six, hasExamples {
                endpoint["code_snippets"] = CodeExamples(function: function, root: root, endpoint: endpoint).json
            }
            endpoints["/" + function.apiName] = .object(endpoint)
        }
        return ["named_endpoints": .object(endpoints), "unnamed_endpoints": [:]]
    }

    private func describe(_ function: AppFunction) -> JSONObject {
        let definition = function.definition
        let given = definition.descriptionOverrides
        var endpoint: JSONObject = [
            "parameters": .array(
                function.apiInputs.map { place, component in
                    let input = definition.inputs[place]
                    return argument(component, of: input).merged(with: given["parameters"]?[input.parameter])
                }),
            "returns": .array(
                zip(function.outputs, definition.outputs).filter { !$0.0.isSkipped }.map { component, name in
                    result(component).merged(with: given["returns"]?[name])
                }),
        ]
        switch major {
        case .six: endpoint["api_visibility"] = .string(function.definition.visibility.rawValue)
        case .five, .four: endpoint["show_api"] = .bool(function.definition.visibility == .public)
        case .three: break
        }
        if major >= .five { endpoint["description"] = .string(function.definition.description) }
        for (key, value) in given where key != "parameters" && key != "returns" { endpoint[key] = value }
        return endpoint
    }

    private func argument(_ component: Component, of input: FunctionDefinition.Input) -> JSONObject {
        let described = component.argument
        var row: JSONObject = ["label": .string(component.label ?? "parameter_\(component.id)")]
        if major > .three {
            let value = component.properties["value"]
            row["parameter_name"] = .string(input.parameter)
            row["parameter_has_default"] = .bool(value != nil || input.isOptional)
            row["parameter_default"] = value ?? .null
        }
        row["type"] = described["type"] ?? schema(of: component, as: "api_info_as_input")
        row["python_type"] = described["python_type"]
        row["component"] = described["component"]
        row["example_input"] =
            major == .three
            ? component.entry["example_inputs"]?["serialized"] ?? .null : component.entry["example_inputs"] ?? .null
        row["serializer"] = described["serializer"]
        return row
    }

    private func result(_ component: Component) -> JSONObject {
        let described = component.result
        var row: JSONObject = ["label": .string(component.label ?? "value_\(component.id)")]
        row["type"] = described["type"] ?? schema(of: component, as: "api_info_as_output")
        row["python_type"] = described["python_type"]
        row["component"] = described["component"]
        row["serializer"] = described["serializer"]
        return row
    }

    private func schema(of component: Component, as key: String) -> JSON {
        if major == .three { return component.entry["api_info"]?["info"] ?? .null }
        return component.entry[key] ?? component.entry["api_info"] ?? .null
    }

    /// `/openapi.json` of version 6: the simple interface in the form of OpenAPI 3.0.2.
    func openAPI() -> JSON {
        var paths: JSONObject = ["/gradio_api/upload": Self.uploadOperation]
        for (name, endpoint) in description(root: "", all: true, hasExamples: false)["named_endpoints"]?.object ?? [:] {
            guard let function = function(named: String(name.dropFirst())),
                function.definition.visibility == .public
            else { continue }
            let bare = function.apiName
            var properties = JSONObject()
            for row in endpoint["parameters"]?.array ?? [] {
                properties[row["parameter_name"]?.string ?? ""] = row["type"] ?? .null
            }
            let outputs = (endpoint["returns"]?.array ?? []).map { "output (\(($0["type"] ?? .null).pythonRepr))" }
            let format = JSON.array(outputs.map { .string($0) }).pythonRepr
            paths["/gradio_api/call/v2/\(bare)"] = [
                "post": [
                    "summary": "Endpoint \(name)",
                    "description":
                        "Output must be fetched from GET /gradio_api/call/\(bare)/{event_id}. Returns an array of \(outputs.count) elements of the following format: \(format)",
                    "operationId": .string(bare),
                    "requestBody": [
                        "required": true,
                        "content": [
                            "application/json": ["schema": ["type": "object", "properties": .object(properties)]]
                        ],
                    ],
                    "responses": [
                        "200": [
                            "description": "Successful response",
                            "content": [
                                "application/json": [
                                    "schema": [
                                        "type": "object", "properties": ["event_id": ["type": "string"]],
                                    ]
                                ]
                            ],
                        ]
                    ],
                ]
            ]
            paths["/gradio_api/call/\(bare)/{event_id}"] = Self.readOperation(name, bare)
        }
        return [
            "openapi": "3.0.2",
            "info": ["title": .string(definition.title), "description": "", "version": .string(major.version)],
            "paths": .object(paths),
        ]
    }

    private static func readOperation(_ name: String, _ bare: String) -> JSON {
        [
            "get": [
                "summary": "Fetch results for \(name)",
                "description":
                    "A stream of server-sent events; the last one, `complete`, has the list of outputs as its data.",
                "operationId": "\(bare)_get",
                "parameters": [
                    [
                        "name": "event_id", "in": "path", "required": true, "schema": ["type": "string"],
                        "description": "The event_id that the POST request answered",
                    ]
                ],
                "responses": [
                    "200": [
                        "description": "The events of the call",
                        "content": ["text/event-stream": ["schema": ["type": "string"]]],
                    ]
                ],
            ]
        ]
    }

    private static let uploadOperation: JSON = [
        "post": [
            "summary": "Upload File", "operationId": "upload_file_upload_post",
            "parameters": [
                [
                    "name": "upload_id", "in": "query", "required": false,
                    "schema": ["type": "string", "nullable": true, "default": nil],
                    "description": "An id by which the progress of the upload can be asked for",
                ]
            ],
            "requestBody": [
                "required": true,
                "content": [
                    "multipart/form-data": [
                        "schema": [
                            "type": "object",
                            "properties": [
                                "files": [
                                    "type": "array", "items": ["type": "string", "format": "binary"],
                                    "description": "The files",
                                ]
                            ],
                            "required": ["files"],
                        ]
                    ]
                ],
            ],
            "responses": [
                "200": [
                    "description": "Where the files are",
                    "content": ["application/json": ["schema": ["type": "array", "items": ["type": "string"]]]],
                ],
                "400": [
                    "description": "No multipart body, or a wrong one",
                    "content": ["text/plain": ["schema": ["type": "string"]]],
                ],
                "413": [
                    "description": "A file is too large", "content": ["text/plain": ["schema": ["type": "string"]]],
                ],
            ],
            "security": [["login_check": []]],
        ]
    ]
}

extension JSONObject {
    /// The same with the members of another object, if it is one, in their places.
    fileprivate func merged(with other: JSON?) -> JSON {
        var object = self
        if let other = other?.object { object.merge(other) }
        return .object(object)
    }
}
