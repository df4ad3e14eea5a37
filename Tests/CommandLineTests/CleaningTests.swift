import Foundation
import Testing

@Suite struct CleaningTests {
  @Test func `What nothing refers to is shown, removed when asked, and nothing else`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let checkpoints = folder.url.appendingPathComponent("runs/climb/checkpoints")
    func names() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: checkpoints.path).sorted() }
    let before = try names()
    #expect(try await Program.run("clean", "runs/climb", "--remove", in: folder).output == "nothing to remove\n")
    #expect(try names() == before)

    let outside = folder.url.appendingPathComponent("precious")
    try "mine".write(to: outside, atomically: true, encoding: .utf8)
    for stray in [".incoming/3-1-half", "9-9-gone/deeper"] {
      let path = checkpoints.appendingPathComponent(stray)
      try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      try String(repeating: "x", count: 1_500_000).write(
        to: path.appendingPathComponent("model"), atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        at: path.appendingPathComponent("link"), withDestinationURL: folder.url)
    }
    try FileManager.default.createSymbolicLink(
      at: checkpoints.appendingPathComponent("linked"), withDestinationURL: folder.url)
    let all = try names()

    let shown = try await Program.run("clean", "runs/climb", in: folder)
    #expect(shown.status == 0)
    #expect(shown.output.contains("1.5 MB"))
    #expect(shown.output.contains("3 MB"))
    for stray in [".incoming/3-1-half", "9-9-gone", "linked"] { #expect(shown.output.contains(stray)) }
    #expect(!before.contains { $0.hasSuffix("-") && shown.output.contains($0) })
    #expect(shown.output.contains("to remove it: poptrain clean runs/climb --remove"))
    #expect(try names() == all)
    let audited = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audited.status == 0)
    #expect(audited.output.contains("note: checkpoints/9-9-gone: orphaned: nothing refers to it"))

    let removed = try await Program.run("clean", "runs/climb", "--remove", in: folder)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(removed.output.hasSuffix("removed\n"))
    #expect(try names() == before)
    #expect(try String(contentsOf: outside, encoding: .utf8) == "mine")
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `A run that is being trained is not cleaned, and what is no run neither`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000_000))
    let run = try Program.start("run", "experiment.yaml", in: folder)
    #expect(run.read(until: "interval 1"))
    let refused = try await Program.run("clean", "runs/climb", "--remove", in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("is in use by process \(run.process.processIdentifier) on "))
    #expect(run.end(by: SIGINT) == 75)
    #expect(try await Program.run("clean", ".", in: folder).status == 65)
  }
}
