import PoptrainStoreTesting
import PoptrainJSON
import Testing

@Suite struct JSONRoundTripTests {
  @Test("What is written is read as the same, to the last bit and byte", arguments: 0..<100)
  func valuesComeBack(_ seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<30 {
      let value = JSON.random(&dice)
      let back = try JSON.parse(value.bytes)
      #expect(areIdentical(back, value), "\(value)")
      #expect(back.bytes == value.bytes)
    }
  }

  @Test("A value is one line without a control character in it", arguments: 0..<20)
  func valuesAreOneLine(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<30 {
      let bytes = JSON.random(&dice).bytes
      #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
  }

  @Test(
    "A value is written as expected",
    arguments: [
      (.integer(1), "1"), (.number(1), "1.0"), (.number(-0.0), "-0.0"), (.number(1e-4), "0.0001"),
      (.number(1e300), "1e+300"), (.integer(.min), "-9223372036854775808"), (.null, "null"), (.boolean(true), "true"),
      (.text("a\"\\\n\u{1}\u{7F}/é\u{2028}"), "\"a\\\"\\\\\\n\\u0001\\u007f/é\u{2028}\""), (.array([]), "[]"),
      (.object([:]), "{}"), (.array([.integer(1), .null]), "[1,null]"),
      (.object(["b": .integer(1), "a": .array([])]), "{\"b\":1,\"a\":[]}"),
    ] as [(JSON, String)])
  func valuesAreWritten(_ value: JSON, _ text: String) {
    #expect(value.description == text)
    #expect(value.bytes == Array(text.utf8))
  }

  @Test("A whole number and a real one stay apart")
  func kindsOfNumbersStayApart() throws {
    #expect(try JSON.parse("[1,1.0,1e0,-0]") == .array([.integer(1), .number(1), .number(1), .integer(0)]))
    #expect(JSON.integer(1) != .number(1))
  }

  @Test("Numbers that JSON does not have are texts which are read as numbers again")
  func notANumber() throws {
    for number in [Double.infinity, -.infinity, .nan] {
      let back = try #require(try JSON.parse(JSON.number(number).bytes).double)
      #expect(back == number || back.isNaN && number.isNaN)
    }
    #expect(JSON.text("nan").double == nil)
    #expect(JSON.text("1").double == nil)
  }

  @Test("Members stay in their order, and of two with the same name the last counts")
  func membersStayInOrder() throws {
    let value = try JSON.parse(#"{"z":1,"a":2,"z":3}"#)
    #expect(value.members?.map(\.name) == ["z", "a", "z"])
    #expect(value["z"] == .integer(3))
    #expect(value["b"] == nil)
  }

  @Test("A value answers only for its own kind")
  func kinds() throws {
    let value = try JSON.parse(#"{"text":"a","integer":3,"number":0.5,"array":[1],"null":null}"#)
    #expect(value["text"]?.text == "a")
    #expect(value["integer"]?.integer == 3)
    #expect(value["integer"]?.double == 3)
    #expect(value["number"]?.double == 0.5)
    #expect(value["number"]?.integer == nil)
    #expect(value["array"]?.array == [.integer(1)])
    #expect(value["null"]?.text == nil)
    #expect(value["text"]?["text"] == nil)
    #expect(value.array == nil && value["array"]?.members == nil)
  }
}
