/// What the control server says of itself: `contracts/understudy/openapi.yaml`, word by word, which a test makes sure of.
enum ControlDescription {
    static let yaml = #"""
        openapi: 3.1.0
        info:
          title: Understudy control server
          version: 0.1.0
          description: Steers and watches a suite of stand-in servers. No scenario touches it.
        servers:
          - url: http://127.0.0.1:9400
        security:
          - {}
          - token: []
        paths:
          /:
            get:
              summary: "What this is: version, seed, fakes, scenario in force."
              operationId: get
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
          /health:
            get:
              summary: "Alive. Anybody may ask."
              operationId: getHealth
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
          /ready:
            get:
              summary: "All fakes listen. Anybody may ask."
              operationId: getReady
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
          /metrics:
            get:
              summary: "Counts, as Prometheus reads them."
              operationId: getMetrics
              responses:
                "200":
                  description: "As asked."
                  content:
                    text/plain: {schema: {type: string}}
          /openapi.yaml:
            get:
              summary: "This description."
              operationId: getOpenapiYaml
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/yaml: {schema: {type: string}}
          /reset:
            post:
              summary: "No scenario, no journal, every fake begins anew."
              operationId: postReset
              responses:
                "204":
                  description: "Done."
          /fakes:
            get:
              summary: "Who plays."
              operationId: getFakes
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Fakes"}}
            post:
              summary: "Starts one more fake, on a free port unless told otherwise."
              operationId: postFakes
              requestBody:
                required: true
                content:
                  application/json: {schema: {$ref: "#/components/schemas/Order"}}
              responses:
                "201":
                  description: "It is there."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Fake"}}
                "400":
                  description: "It cannot be understood."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
                "409":
                  description: "It cannot be so."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /fakes/{id}:
            get:
              summary: "One fake: address, connections, state, what rules may speak of."
              operationId: getFakesId
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}, description: "The fake's name in the suite."}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Fake"}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
            delete:
              summary: "Stops a fake."
              operationId: deleteFakesId
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}, description: "The fake's name in the suite."}
              responses:
                "204":
                  description: "Done."
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /fakes/{id}/state:
            get:
              summary: "The state that scenarios may look at and set."
              operationId: getFakesIdState
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}, description: "The fake's name in the suite."}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
            patch:
              summary: "Changes some of it, all or nothing."
              operationId: patchFakesIdState
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}, description: "The fake's name in the suite."}
              requestBody:
                required: true
                content:
                  application/json: {schema: {type: object}}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
                "422":
                  description: "It is refused, with what is wrong."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /fakes/{id}/reset:
            post:
              summary: "The fake begins anew."
              operationId: postFakesIdReset
              parameters:
                - {name: id, in: path, required: true, schema: {type: string}, description: "The fake's name in the suite."}
              responses:
                "204":
                  description: "Done."
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /scenarios:
            get:
              summary: "The scenarios that come with the suite."
              operationId: getScenarios
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
          /scenarios/{name}:
            get:
              summary: "One of them, as its file."
              operationId: getScenariosName
              parameters:
                - {name: name, in: path, required: true, schema: {type: string}, description: "The name."}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/yaml: {schema: {type: string}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /scenario:
            get:
              summary: "What is in force, with what each rule has done."
              operationId: getScenario
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/InForce"}}
            put:
              summary: "Puts a scenario in force from its beginning; refused whole if anything is wrong with it."
              operationId: putScenario
              requestBody:
                required: true
                content:
                  application/yaml: {schema: {type: string}}
                  application/json: {schema: {type: object}}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/InForce"}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
                "422":
                  description: "It is refused, with what is wrong."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
            delete:
              summary: "The fakes behave again."
              operationId: deleteScenario
              responses:
                "204":
                  description: "Done."
          /scenario/check:
            post:
              summary: "Reads a scenario and says what is wrong with it; nothing is put in force."
              operationId: postScenarioCheck
              requestBody:
                required: true
                content:
                  application/yaml: {schema: {type: string}}
                  application/json: {schema: {type: object}}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
                "422":
                  description: "It is refused, with what is wrong."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /rules:
            get:
              summary: "The rules in force, with what each has done."
              operationId: getRules
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Rules"}}
            post:
              summary: "Adds rules, all or none: as lines (text/plain), or as they stand in a file."
              operationId: postRules
              requestBody:
                required: true
                content:
                  text/plain: {schema: {type: string}}
                  application/yaml: {schema: {type: string}}
                  application/json: {schema: {type: [object, array]}}
              responses:
                "201":
                  description: "It is there."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Rules"}}
                "422":
                  description: "It is refused, with what is wrong."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
            delete:
              summary: "Removes all."
              operationId: deleteRules
              responses:
                "204":
                  description: "Done."
          /rules/{name}:
            delete:
              summary: "Removes one."
              operationId: deleteRulesName
              parameters:
                - {name: name, in: path, required: true, schema: {type: string}, description: "The name."}
              responses:
                "204":
                  description: "Done."
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /journal:
            get:
              summary: "Entries that a query means, the oldest first. With wait it answers as soon as there are count of them."
              operationId: getJournal
              parameters:
                - {name: limit, in: query, schema: {type: integer}, description: "The newest so many."}
                - {name: wait, in: query, schema: {type: string}, description: "How long to wait at most, such as 5s."}
                - {name: count, in: query, schema: {type: integer}, description: "How many to wait for."}
                - {name: lines, in: query, schema: {type: boolean}, description: "Give each entry as a line for people too."}
                - {name: since, in: query, schema: {type: integer}, description: "Only entries of this number and later ones."}
                - {name: fake, in: query, schema: {type: string}, description: "One of the fields of entries; the README lists the others."}
                - {name: event, in: query, schema: {type: string}, description: "The kind of entry: exchange, message, effect, closed and so on."}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Entries"}}
                "400":
                  description: "It cannot be understood."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
            delete:
              summary: "Forgets all entries; numbers go on."
              operationId: deleteJournal
              responses:
                "204":
                  description: "Done."
          /journal/{number}:
            get:
              summary: "One entry."
              operationId: getJournalNumber
              parameters:
                - {name: number, in: path, required: true, schema: {type: integer}, description: "The entry's number."}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
                "404":
                  description: "There is no such thing."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /journal/har:
            get:
              summary: "The exchanges as an HTTP archive 1.2, WebSocket messages included."
              operationId: getJournalHar
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {type: object}}
          /journal/feed:
            get:
              summary: "Entries as they come, as server-sent events; Last-Event-ID says where to go on."
              operationId: getJournalFeed
              responses:
                "200":
                  description: "As asked."
                  content:
                    text/event-stream: {schema: {type: string}}
                "400":
                  description: "It cannot be understood."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
          /verify:
            post:
              summary: "Holds claims against the journal; 409 shows the nearest misses."
              operationId: postVerify
              requestBody:
                required: true
                content:
                  application/json: {schema: {type: [object, array]}}
              responses:
                "200":
                  description: "As asked."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Verdict"}}
                "400":
                  description: "It cannot be understood."
                  content:
                    application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}
                "409":
                  description: "It cannot be so."
                  content:
                    application/json: {schema: {$ref: "#/components/schemas/Verdict"}}
        components:
          securitySchemes:
            token:
              type: http
              scheme: bearer
              description: "Needed where the suite was started with --token."
          schemas:
            Problem:
              description: "RFC 9457."
              type: object
              required: [type, title, status, detail]
              properties:
                type: {type: string}
                title: {type: string}
                status: {type: integer}
                detail: {type: string}
                problems: {type: array, items: {type: [object, string]}}
            Fake:
              type: object
              required: [id, kind, url]
              properties:
                id: {type: string}
                kind: {enum: [comfyui, litellm, gradio]}
                app: {type: string}
                url: {type: string}
                also: {type: array, items: {type: string}}
            Fakes:
              type: object
              required: [fakes]
              properties:
                fakes: {type: array, items: {$ref: "#/components/schemas/Fake"}}
            Order:
              type: object
              required: [kind]
              additionalProperties: false
              properties:
                kind: {enum: [comfyui, litellm, gradio]}
                id: {type: string}
                app: {type: string}
                port: {type: integer, minimum: 0, maximum: 65535}
                seed: {type: integer, minimum: 0}
                speed: {type: number, exclusiveMinimum: 0}
            Rules:
              type: object
              required: [rules]
              properties:
                rules: {type: array, items: {type: object, required: [name], properties: {name: {type: string}, matched: {type: integer}, acted: {type: integer}}}}
            InForce:
              type: object
              required: [scenario]
              properties:
                scenario: {type: [object, "null"]}
                running: {type: number, description: "Seconds since it began."}
                rules: {type: array, items: {type: object}}
            Entries:
              type: object
              required: [entries, matched, next, dropped]
              properties:
                met: {type: boolean, description: "Whether there were enough in time."}
                entries: {type: array, items: {type: object}}
                matched: {type: integer}
                next: {type: integer, description: "The number that the next entry gets."}
                dropped: {type: object, properties: {entries: {type: integer}, bytes: {type: integer}}}
            Verdict:
              type: object
              required: [passed, results]
              properties:
                passed: {type: boolean}
                results: {type: array, items: {type: object}}
        """# + "\n"
}
