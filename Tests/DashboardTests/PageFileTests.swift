import Foundation
import PoptrainDashboard
import Testing

/// What is in the folder of the page is in the program.
@Suite struct PageFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/CPoptrainPage/Page")

  @Test("The program holds each file of the page's folder, byte by byte")
  func programHoldsTheFolder() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
    let folder = try Dictionary(
      uniqueKeysWithValues: files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) })
    #expect(PageFiles.all.keys.sorted() == folder.keys.sorted())
    for (name, bytes) in folder { #expect(PageFiles.all[name] == bytes, "\(name)") }
  }
}
