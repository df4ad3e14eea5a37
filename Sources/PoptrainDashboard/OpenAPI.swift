/// What this server answers, for programs: `openapi.json`. A test holds every answer against it.
enum OpenAPI {
  static let text = #"""
    {
      "openapi": "3.1.0",
      "info": {
        "title": "Poptrain dashboard",
        "version": "1",
        "description": "Runs of Population Based Training, read only. Addresses are relative to the folder of the page."
      },
      "servers": [{"url": "."}],
      "paths": {
        "/": {
          "get": {
            "summary": "The page",
            "responses": {
              "200": {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}},
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/openapi.json": {
          "get": {
            "summary": "This description",
            "responses": {
              "200": {"description": "OpenAPI", "content": {"application/json": {"schema": {"type": "object"}}}},
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs.json": {
          "get": {
            "summary": "The runs, the one that was active last first",
            "responses": {
              "200": {
                "description": "The runs",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Runs"}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/run.json": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "get": {
            "summary": "How a run stands",
            "responses": {
              "200": {
                "description": "The run",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/outline.json": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "get": {
            "summary": "The scores of a run in short, for the first picture of a long one",
            "responses": {
              "200": {
                "description": "How the scores are spread along the age of the models, and the best model's lineage",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outline"}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/rows": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "get": {
            "summary": "Intervals as columns of numbers, little endian, at most 2^17 at once",
            "description": "A 32-bit length, a header in JSON (Header) padded to a multiple of 8 bytes, the columns.",
            "parameters": [
              {"name": "from", "in": "query", "schema": {"$ref": "#/components/schemas/Row"}},
              {"name": "values", "in": "query", "schema": {"$ref": "#/components/schemas/Row"}}
            ],
            "responses": {
              "200": {"description": "The rows", "content": {"application/octet-stream": {}}},
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/events": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "get": {
            "summary": "Says how many rows there are, now and whenever there is more",
            "responses": {
              "200": {"description": "Events (Event)", "content": {"text/event-stream": {}}},
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/members/{id}.json": {
          "parameters": [
            {"$ref": "#/components/parameters/Key"},
            {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 0}}
          ],
          "get": {
            "summary": "A member with its last 500 intervals and 200 decisions",
            "responses": {
              "200": {
                "description": "The member",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MemberPage"}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/findings.json": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "get": {
            "summary": "What the history of a run shows, in sentences",
            "responses": {
              "200": {
                "description": "The findings, warnings first",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Findings"}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        },
        "/runs/{key}/stop": {
          "parameters": [{"$ref": "#/components/parameters/Key"}],
          "post": {
            "summary": "Ends a run as Ctrl-C does: it saves, and can be resumed",
            "parameters": [
              {
                "name": "x-poptrain-session", "in": "header", "required": true, "schema": {"type": "string"},
                "description": "`session` of runs.json"
              }
            ],
            "responses": {
              "202": {
                "description": "It was asked to stop",
                "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false}}}
              },
              "default": {"$ref": "#/components/responses/Error"}
            }
          }
        }
      },
      "components": {
        "parameters": {
          "Key": {
            "name": "key", "in": "path", "required": true, "description": "`key` of runs.json",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"}
          }
        },
        "responses": {
          "Error": {
            "description": "What is wrong, and what to do",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
          }
        },
        "schemas": {
          "Error": {
            "type": "object", "additionalProperties": false, "required": ["error"],
            "properties": {
              "error": {
                "type": "object", "additionalProperties": false, "required": ["message"],
                "properties": {"message": {"type": "string"}}
              }
            }
          },
          "Row": {"type": "integer", "minimum": 0, "maximum": 9007199254740992},
          "State": {"enum": ["running", "stopped", "finished"]},
          "Ending": {"enum": ["budget", "target", "stagnation", "wall_clock"]},
          "Mode": {"enum": ["min", "max"]},
          "Values": {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean"]}},
          "Runs": {
            "type": "object", "additionalProperties": false, "required": ["session", "runs"],
            "properties": {
              "session": {"type": "string"},
              "runs": {
                "type": "array",
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["key", "run"],
                  "properties": {
                    "key": {"type": "string"}, "run": {"type": "string"}, "name": {"type": "string"},
                    "state": {"$ref": "#/components/schemas/State"},
                    "ending": {"$ref": "#/components/schemas/Ending"}, "metric": {"type": "string"},
                    "mode": {"$ref": "#/components/schemas/Mode"}, "bestScore": {"type": "number"},
                    "populationSize": {"type": "integer"}, "trainedSteps": {"type": "integer"},
                    "totalSteps": {"type": "integer"}, "lastActiveAtSeconds": {"type": "number"},
                    "error": {"type": "string"}
                  }
                }
              }
            }
          },
          "Run": {
            "type": "object", "additionalProperties": false,
            "required": [
              "key", "runID", "name", "run", "state", "metric", "mode", "populationSize", "steps", "intervalSteps",
              "trainedSteps", "totalSteps", "forfeitedSteps", "failures", "intervals", "workers", "secondsSpent",
              "seed", "exploit", "order", "hyperparameters", "metrics", "members"
            ],
            "properties": {
              "key": {"type": "string"}, "runID": {"type": "string"}, "name": {"type": "string"},
              "run": {"type": "string"}, "state": {"$ref": "#/components/schemas/State"},
              "ending": {"$ref": "#/components/schemas/Ending"}, "metric": {"type": "string"},
              "mode": {"$ref": "#/components/schemas/Mode"}, "populationSize": {"type": "integer"},
              "steps": {"type": "integer"}, "intervalSteps": {"type": "integer"},
              "trainedSteps": {"type": "integer"}, "totalSteps": {"type": "integer"},
              "forfeitedSteps": {"type": "integer"}, "failures": {"type": "integer"},
              "intervals": {"type": "integer"}, "workers": {"type": "integer"}, "secondsSpent": {"type": "number"},
              "secondsLeft": {"type": "number"}, "workerUse": {"type": "number", "minimum": 0, "maximum": 1},
              "seed": {"type": "string"}, "exploit": {"type": "string"},
              "order": {"enum": ["asynchronous", "synchronous"]},
              "hyperparameters": {
                "type": "array",
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["name"],
                  "properties": {
                    "name": {"type": "string"}, "scale": {"enum": ["linear", "log"]}, "low": {"type": "number"},
                    "high": {"type": "number"}, "choices": {"type": "array", "items": {"type": "string"}}
                  }
                }
              },
              "metrics": {"type": "array", "items": {"type": "string"}},
              "best": {
                "type": "object", "additionalProperties": false,
                "required": ["member", "score", "age", "hyperparameters", "checkpoint"],
                "properties": {
                  "member": {"type": "integer"}, "score": {"type": "number"}, "age": {"type": "integer"},
                  "hyperparameters": {"$ref": "#/components/schemas/Values"}, "checkpoint": {"type": "string"}
                }
              },
              "members": {"type": "array", "items": {"$ref": "#/components/schemas/Member"}}
            }
          },
          "Member": {
            "type": "object", "additionalProperties": false,
            "required": ["id", "state", "steps", "age", "failures", "forfeitedSteps", "hyperparameters"],
            "properties": {
              "id": {"type": "integer"}, "state": {"$ref": "#/components/schemas/MemberState"},
              "steps": {"type": "integer"}, "age": {"type": "integer"}, "score": {"type": "number"},
              "failures": {"type": "integer"}, "forfeitedSteps": {"type": "integer"},
              "checkpoint": {"type": "string"}, "hyperparameters": {"$ref": "#/components/schemas/Values"}
            }
          },
          "MemberState": {"enum": ["ready", "leased", "due", "done", "failed", "retired"]},
          "MemberPage": {
            "type": "object", "additionalProperties": false,
            "required": [
              "id", "state", "steps", "age", "failures", "forfeitedSteps", "hyperparameters", "logTail", "logCommand",
              "intervals", "decisions", "attempts"
            ],
            "properties": {
              "id": {"type": "integer"}, "state": {"$ref": "#/components/schemas/MemberState"},
              "steps": {"type": "integer"}, "age": {"type": "integer"}, "score": {"type": "number"},
              "failures": {"type": "integer"}, "forfeitedSteps": {"type": "integer"},
              "checkpoint": {"type": "string"}, "hyperparameters": {"$ref": "#/components/schemas/Values"},
              "logTail": {"type": "string"}, "logCommand": {"type": "string"},
              "intervals": {"type": "array", "items": {"$ref": "#/components/schemas/Interval"}},
              "decisions": {"type": "array", "items": {"$ref": "#/components/schemas/Decision"}},
              "attempts": {"type": "array", "items": {"$ref": "#/components/schemas/Attempt"}}
            }
          },
          "Interval": {
            "type": "object", "additionalProperties": false,
            "required": [
              "row", "number", "outcome", "startAge", "endAge", "metrics", "hyperparameters", "worker",
              "startedAtSeconds", "finishedAtSeconds"
            ],
            "properties": {
              "row": {"type": "integer"}, "number": {"type": "integer"},
              "outcome": {"enum": ["completed", "partial", "unscored", "diverged", "invalid", "forfeited"]},
              "startAge": {"type": "integer"}, "endAge": {"type": "integer"}, "score": {"type": "number"},
              "metrics": {
                "type": "object",
                "additionalProperties": {
                  "anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]
                }
              },
              "hyperparameters": {"$ref": "#/components/schemas/Values"}, "worker": {"type": "string"},
              "startedAtSeconds": {"type": "number"}, "finishedAtSeconds": {"type": "number"},
              "message": {"type": "string"}
            }
          },
          "Decision": {
            "type": "object", "additionalProperties": false,
            "required": ["sequence", "result", "reason", "rule", "to", "compared", "comparedCount"],
            "properties": {
              "sequence": {"type": "integer"}, "after": {"type": "integer"},
              "result": {"enum": ["stay", "inherit", "fresh", "fail", "retire"]}, "reason": {"type": "string"},
              "rule": {"type": "string"}, "ownScore": {"type": "number"}, "threshold": {"type": "number"},
              "donor": {
                "type": "object", "additionalProperties": false,
                "required": ["member", "age", "score", "inherits"],
                "properties": {
                  "member": {"type": "integer"}, "age": {"type": "integer"}, "score": {"type": "number"},
                  "inherits": {"enum": ["both", "weights", "hyperparameters"]}
                }
              },
              "from": {"$ref": "#/components/schemas/Values"}, "to": {"$ref": "#/components/schemas/Values"},
              "compared": {
                "type": "array", "description": "The best 100 that it saw, itself and its donor; best first",
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["member", "score", "age"],
                  "properties": {
                    "member": {"type": "integer"}, "score": {"type": "number"}, "age": {"type": "number"}
                  }
                }
              },
              "comparedCount": {"type": "integer", "description": "How many it saw"}
            }
          },
          "Findings": {
            "type": "object", "additionalProperties": false,
            "required": ["run_id", "name", "run", "metric", "mode", "intervals", "findings"],
            "properties": {
              "run_id": {"type": "string"}, "name": {"type": "string"}, "run": {"type": "string"},
              "metric": {"type": "string"}, "mode": {"$ref": "#/components/schemas/Mode"},
              "intervals": {"type": "integer"},
              "findings": {
                "type": "array",
                "items": {
                  "type": "object", "additionalProperties": false,
                  "required": ["kind", "severity", "sentence", "evidence"],
                  "properties": {
                    "kind": {"type": "string"}, "severity": {"enum": ["good", "note", "warning"]},
                    "sentence": {"type": "string"}, "evidence": {"type": "object"},
                    "advice": {"type": ["string", "null"]}
                  }
                }
              }
            }
          },
          "Attempt": {
            "type": "object", "additionalProperties": false, "required": ["number", "reason", "message", "atSeconds"],
            "properties": {
              "number": {"type": "integer"}, "reason": {"type": "string"}, "message": {"type": "string"},
              "atSeconds": {"type": "number"}
            }
          },
          "Outline": {
            "type": "object", "additionalProperties": false,
            "required": ["intervals", "end", "low", "high", "tail", "bands", "lineage"],
            "properties": {
              "intervals": {"type": "integer"},
              "end": {"type": "number", "description": "The largest age, at least that of the run"},
              "low": {"type": "number"}, "high": {"type": "number"},
              "tail": {
                "type": "number", "description": "Where the worst twentieth ends, from 0 (the worst) to 1 (the best)"
              },
              "bands": {
                "type": "array",
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["x", "at"],
                  "properties": {
                    "x": {"type": "number"},
                    "at": {
                      "type": "array", "items": {"type": "number"},
                      "description": "Quantiles of the scores at this age: 0, 0.1, 0.25, 0.5, 0.75, 0.9, 1"
                    }
                  }
                }
              },
              "lineage": {
                "type": "array", "description": "Ages and scores of the best model's lineage, the oldest first",
                "items": {"type": "array", "items": {"type": "number"}}
              }
            }
          },
          "Header": {
            "type": "object", "additionalProperties": false, "required": ["from", "rows", "total", "values", "columns"],
            "properties": {
              "from": {"type": "integer"}, "rows": {"type": "integer"}, "total": {"type": "integer"},
              "values": {
                "type": "object", "additionalProperties": false, "required": ["from", "count", "total"],
                "properties": {
                  "from": {"type": "integer"}, "count": {"type": "integer"}, "total": {"type": "integer"}
                }
              },
              "columns": {
                "type": "array",
                "items": {
                  "type": "object", "additionalProperties": false, "required": ["name", "type", "offset", "count"],
                  "properties": {
                    "name": {"type": "string"}, "type": {"enum": ["u8", "u32", "i32", "f64"]},
                    "offset": {"type": "integer"}, "count": {"type": "integer"}
                  }
                }
              }
            }
          },
          "Event": {
            "type": "object", "additionalProperties": false, "required": ["rows", "state"],
            "properties": {"rows": {"type": "integer"}, "state": {"$ref": "#/components/schemas/State"}}
          }
        }
      }
    }
    """#
}
