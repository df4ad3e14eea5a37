import PoptrainJSON
import Testing

/// Values of Swift types as JSON, and back.
@Suite struct CodingTests {
  private enum Mode: String, Codable { case fast, slow }

  private struct Row: Codable, Hashable {
    struct Part: Codable, Hashable {
      var startAge: Int
      var seed: UInt64
    }

    var trainedSteps: Int
    var score: Double?
    var mode: Mode?
    var isDone: Bool
    var parts: [Part]
    var pair: [Double]?
    var metrics: [String: Double]
    var nothing: String?
  }

  @Test func `Fields keep their order, nil is null, and names of properties get underscores`() throws {
    let row = Row(
      trainedSteps: 3, score: 1, mode: .slow, isDone: false, parts: [.init(startAge: 0, seed: 7)], pair: nil,
      metrics: ["valLoss": 2, "a": .nan], nothing: nil)
    let text = try JSON(encoding: row).description
    #expect(
      text == """
        {"trained_steps":3,"score":1.0,"mode":"slow","is_done":false,"parts":[{"start_age":0,"seed":7}],"pair":null,\
        "metrics":{"a":"NaN","valLoss":2.0},"nothing":null}
        """)
    let again = try JSON.parse(text).decoded(as: Row.self)
    #expect(again.parts == row.parts && again.mode == .slow && again.pair == nil)
    #expect(again.metrics["valLoss"] == 2 && again.metrics["a"]?.isNaN == true)
    #expect(try JSON(encoding: again).description == text)
  }

  @Test(arguments: [
    #"{"start_age": 1.0, "seed": 7}"#, #"{"start_age": 1, "seed": -7}"#, #"{"start_age": 1}"#,
    #"{"start_age": null, "seed": 7}"#, "[]",
  ])
  func `What is missing or of another kind is an error`(text: String) throws {
    #expect(throws: DecodingError.self) { try JSON.parse(text).decoded(as: Row.Part.self) }
  }

  @Test func `Fields that are not known are left out, and the fields of two values make one object`() throws {
    struct Both: Encodable {
      func encode(to encoder: any Encoder) throws {
        try ["event": "row"].encode(to: encoder)
        try Row.Part(startAge: 1, seed: 2).encode(to: encoder)
      }
    }
    let json = try JSON(encoding: Both())
    #expect(json.description == #"{"event":"row","start_age":1,"seed":2}"#)
    #expect(try json.decoded(as: Row.Part.self) == Row.Part(startAge: 1, seed: 2))
  }

  @Test func `Arrays of every kind come back`() throws {
    let values: [[Int8?]] = [[1, nil], []]
    let json = try JSON(encoding: values)
    #expect(json.description == "[[1,null],[]]")
    #expect(try json.decoded(as: [[Int8?]].self) == values)
    #expect(try JSON(encoding: Float(0.5)).decoded(as: Float.self) == 0.5)
  }
}
