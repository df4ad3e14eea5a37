import Foundation
import PoptrainJSON
import Testing

/// The columns of an answer, as a page reads them.
struct Columns {
  let header: JSON
  let columns: [String: [Double]]

  init(_ answer: Answer) throws {
    #expect(answer.status == 200)
    let body = answer.body
    let length = Int(Columns.number(body, 0, UInt32.self))
    header = try JSON.parse(String(decoding: body[4..<4 + length], as: UTF8.self))
    let start = 4 + length
    #expect(start % 8 == 0)
    var columns: [String: [Double]] = [:]
    var end = start
    for column in try #require(header["columns"]?.array) {
      let name = try #require(column["name"]?.text)
      let offset = try #require(column["offset"]?.integer)
      let count = try #require(column["count"]?.integer)
      let type = try #require(column["type"]?.text)
      let width = ["u8": 1, "u32": 4, "i32": 4, "f64": 8][type] ?? 0
      #expect((start + offset) % width == 0, "\(name) can be read in place")
      columns[name] = (0..<count).map { row in
        let place = start + offset + row * width
        return switch type {
        case "u8": Double(body[place])
        case "u32": Double(Columns.number(body, place, UInt32.self))
        case "i32": Double(Int32(bitPattern: Columns.number(body, place, UInt32.self)))
        default: Double(bitPattern: Columns.number(body, place, UInt64.self))
        }
      }
      end = max(end, start + offset + count * width)
    }
    #expect(end == body.count, "nothing is left over")
    self.columns = columns
  }

  subscript(name: String) -> [Double] { columns[name] ?? [] }

  private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ place: Int, _: Number.Type) -> Number {
    bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
  }
}
