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
    for (name, bytes) in folder { #expect((PageFiles.all[name] == bytes) as Bool, "\(name)") }
  }

  @Test("The page names all its modules, so that they are loaded at once")
  func pageNamesItsModules() throws {
    let page = String(decoding: try #require(PageFiles.all["index.html"]), as: UTF8.self)
    let named = page.matches(of: /(?:href|src)="(\w+\.js)"/).map { String($0.1) }
    #expect(named.sorted() == PageFiles.all.keys.filter { $0.hasSuffix(".js") }.sorted())
  }
}
