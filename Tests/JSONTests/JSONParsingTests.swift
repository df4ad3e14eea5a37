import PoptrainStoreTesting
import PoptrainJSON
import Testing

@Suite struct JSONParsingTests {
  @Test(
    "A malformed text is refused at the byte at which it goes wrong",
    arguments: [
      ("", 0), ("  ", 2), ("nul", 0), ("[1,tru]", 3), ("+1", 0), ("-", 1), ("-a", 1), (".5", 0), ("1.", 2), ("1.e1", 2),
      ("1e", 2), ("1e+", 3), ("01", 0), ("[-01]", 1), ("1 2", 2), ("1]", 1), ("[1", 2), ("[1,]", 3), ("[1 2]", 3),
      ("[,]", 1), ("{", 1), ("{1:2}", 1), ("{\"a\"}", 4), ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{\"a\":1,}", 7),
      ("{\"a\":1 \"b\":2}", 7), ("\"a", 2), ("\"a\\", 3), ("\"a\\x\"", 3), ("\"a\u{1}\"", 2), ("\"a\nb\"", 2),
      ("\"\\u12\"", 3), ("\"\\u12g4\"", 3), ("\"\\u+123\"", 3), ("\"a\\ud800\"", 2), ("\"a\\udc00\"", 2),
      ("\"a\\ud800\\u0041\"", 2), ("\"a\\ud800\\ud800\"", 2), ("NaNs", 3), ("-Inf", 0), ("Inf", 0),
      ("[1e400]", 1), ("\u{FEFF}1", 0), ("1 // one", 2), ("'a'", 0), ("[1,\u{A0}2]", 3), ("1\u{C}", 1),
    ])
  func malformedTexts(_ text: String, _ offset: Int) {
    #expect { try JSON.parse(text) } throws: { error in
      #expect((error as? JSON.SyntaxError)?.offset == offset, "\(error)")
      #expect((error as? JSON.SyntaxError)?.message.isEmpty == false)
      return true
    }
  }

  @Test(
    "A text that is not UTF-8 is refused where it begins",
    arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80]] as [[UInt8]])
  func badUTF8(_ bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSON.SyntaxError.self) { try JSON.parse(bytes) }
    #expect { try JSON.parse([UInt8(ascii: " "), quote] + bytes + [quote]) } throws: { error in
      (error as? JSON.SyntaxError)?.offset == 1
    }
  }

  @Test(
    "Escapes and pairs of surrogates are read",
    arguments: [
      ("\"\\u0041\"", "A"), ("\"\\u00e9\\u00E9\"", "éé"), ("\"\\ud83d\\ude00\"", "😀"),
      ("\"\\uDBFF\\uDFFF\"", "\u{10FFFF}"),
      ("\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"", "\u{8}\u{C}\n\r\t/\\\""), ("\"\\u0000\\ud7ff\\ue000\"", "\0\u{D7FF}\u{E000}"),
      ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
    ])
  func escapes(_ text: String, _ value: String) throws {
    #expect(try JSON.parse(text) == .text(value))
  }

  @Test(
    "A number beyond its kind becomes the nearest real one, as long as there is one",
    arguments: [
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("123456789012345678901234567890", .number(1.2345678901234568e29)),
      ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("5e-324", .number(.leastNonzeroMagnitude)),
      ("1e-400", .number(0)), ("0.1", .number(0.1)), ("1E+2", .number(100)), ("-0", .integer(0)),
    ] as [(String, JSON)])
  func bigNumbers(_ text: String, _ value: JSON) throws {
    #expect(try JSON.parse(text) == value)
  }

  @Test("Up to 64 levels are read; a million are refused and do no harm", arguments: ["[", "{\"a\":"])
  func deepNesting(_ opening: String) throws {
    let closing = opening == "[" ? "]" : "}"
    func nested(_ levels: Int) -> String {
      String(repeating: opening, count: levels - 1) + (opening == "[" ? "[]" : "{}")
        + String(repeating: closing, count: levels - 1)
    }
    _ = try JSON.parse(nested(64))
    #expect { try JSON.parse(nested(65)) } throws: { error in
      (error as? JSON.SyntaxError)?.offset == 64 * opening.utf8.count
    }
    #expect(throws: JSON.SyntaxError.self) { try JSON.parse(String(repeating: opening, count: 1_000_000)) }
  }

  /// What `json.loads` of Python's standard library takes. It also takes half surrogate pairs and numbers beyond a
  /// double, which are no JSON and are refused here.
  private static let accepted = [
    "null", "true", "false", " 1 ", "1", "-1", "0", "-0", "1.0", "1.5e3", "1E+2", "1e-2", "\"a\"", "\"\\n\"",
    "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\u{7f}\"", "\"\u{2028}\"", "\"\\/\"", "[]", "[ ]", "[1]", "[[]]", "{}",
    "{ }", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[1,{\"c\":null}]}}", "[1,\n2]", "\r\n1\t",
    "123456789012345678901234567890", "1e-400", "NaN", "Infinity", "-Infinity", "[NaN,-Infinity]",
  ]
  private static let pythonOnly = [
    "1e400", "-1e400", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"",
    "\"\\ud83d\\u0041\"",
  ]
  private static let refused = [
    "nul", "True", "NULL", "", "   ", "01", "-01", "00", "+1", "1.", ".5", "-.5", "1e", "1e+", "--1", "-", "1 2",
    "1,", "0x10", "1_000", "'a'", "\"a", "a\"", "\"\\x\"", "\"\\u004\"", "\"\\u00zz\"", "\"\\u+041\"", "\"\t\"",
    "[1,]", "[,1]", "[1 2]", "[1,2", "[1}", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\" 1}",
    "{1:2}", "{\"a\":1 \"b\":2}", "\u{feff}1", "\u{a0}1", "1\u{c}", "// c\n1", "1/*c*/", "nullx", "truefalse",
    "\"a\"\"b\"", "]", "}", ":", "[1]]",
  ]

  @Test("What Python reads is read", arguments: accepted)
  func accepts(_ text: String) {
    #expect(throws: Never.self) { try JSON.parse(text) }
  }

  @Test("What Python refuses is refused, and so is what is no JSON", arguments: refused + pythonOnly)
  func refuses(_ text: String) {
    #expect(throws: JSON.SyntaxError.self) { try JSON.parse(text) }
  }

  @Test("No bytes do harm, and what is read is written and read as the same", arguments: 0..<20)
  func randomBytes(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let alphabet = Array("{}[]:,\"\\u019-+.eEtrufalsn d8\u{0}é".utf8) + [0xFF, 0x80, 0xC3]
    for round in 0..<1000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = JSON.random(&dice).bytes
        for _ in 0..<dice.integer(1...3) {
          let position = dice.integer(0...bytes.count - 1)
          switch dice.integer(0...2) {
          case 0: bytes[position] = dice.pick(alphabet)
          case 1: bytes.insert(dice.pick(alphabet), at: position)
          default: bytes.removeSubrange(position...)
          }
          if bytes.isEmpty { bytes = [UInt8(ascii: " ")] }
        }
      } else {
        bytes = (0..<dice.integer(0...24)).map { _ in dice.pick(alphabet) }
      }
      do {
        let value = try JSON.parse(bytes)
        let again = try JSON.parse(value.bytes)
        #expect(areIdentical(again, value))
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }
}
