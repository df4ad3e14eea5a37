import Foundation
import Neighbours
import Testing

@Suite struct DigitsTests {
  @Test func partsAreDisjointAndComplete() throws {
    let digits = try Digits()
    let all = digits[0..<1797]
    #expect(all.labels.count == 1797 && Set(all.labels) == Set(0...9))
    #expect(all.images.storage.allSatisfy { (0...1).contains($0) } && all.images.storage.max() == 1)
    #expect(digits[900..<1200].labels == Array(all.labels[900..<1200]))
  }

  @Test(arguments: ["", "3" + String(repeating: "a", count: 63) + "Z", "x" + String(repeating: "a", count: 64)])
  func aDamagedFileIsRefused(line: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(String(repeating: line + "\n", count: 1797).utf8).write(to: file)
    #expect(throws: Digits.NotPrepared.self) { try Digits(from: file) }
  }
}
