import Foundation
import Testing

/// Whatever somebody puts under the names of a run, nothing elsewhere is changed, and nothing is waited for.
@Suite struct HostileFolderTests {
  /// What stands where a run has something else.
  enum Intruder: String, CaseIterable {
    case link, danglingLink, fifo

    func replace(_ name: String, linkingTo outside: String) throws {
      try FileManager.default.removeItem(atPath: name)
      switch self {
      case .link: try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: outside)
      case .danglingLink:
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: outside + "/not/there")
      case .fifo: #expect(mkfifo(name, 0o600) == 0)
      }
    }
  }

  private static let files = [
    "population.sqlite", "population.sqlite-wal", "population.sqlite-shm", ".lock", "experiment.yaml",
    "logs/worker-0.log",
  ]
  private static let folders = ["checkpoints", "checkpoints/.incoming", "logs"]

  @Test(arguments: files + folders, Intruder.allCases)
  func `What is no file or folder of a run is named, and nothing behind it is touched`(
    name: String, intruder: Intruder
  ) async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
    let outside = folder.url.path + "/outside"
    try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
    try "precious".write(toFile: outside + "/file", atomically: true, encoding: .utf8)
    let target = HostileFolderTests.folders.contains(name) ? outside : outside + "/file"
    let path = "\(folder.url.path)/run/\(name)"
    if name.hasSuffix("-wal") || name.hasSuffix("-shm") {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    try intruder.replace(path, linkingTo: target)

    for command in [
      ["run", "experiment.yaml", "--run", "run"], ["clean", "run", "--remove"], ["remove", "run", "--yes"],
    ] {
      let result = try await Program.run(arguments: command, in: folder)
      #expect(result.status == 65, "\(command) \(result.output)")
      // A reading command finds no run where there is no database.
      #expect(result.errors.contains(path) || result.errors.contains("is not a run"), "\(result.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["file"])
    #expect(try folder.read("outside/file") == "precious")
  }

  @Test func `A folder in the place of the link to the best stays as it is`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
    try FileManager.default.removeItem(atPath: folder.url.path + "/run/best")
    try FileManager.default.createDirectory(
      atPath: folder.url.path + "/run/best", withIntermediateDirectories: true)
    try folder.write("precious", to: "run/best/file")
    let refused = try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("run/best is not a link"))
    #expect(try folder.read("run/best/file") == "precious")
    // It is what `scp -r` makes of a link, so the copy can be read.
    #expect(try await Program.run("status", "run", in: folder).status == 0)
  }

  /// Foundation crashes where it is to look for the home folder of nobody.
  @Test func `A path that begins with a tilde is a path`() async throws {
    let folder = try Folder()
    for command in [["status"], ["best"], ["run"], ["check"], ["compare"], ["remove"], ["export"], ["audit"]] {
      let result = try await Program.run(arguments: command + ["~nobody-of-that-name"], in: folder)
      #expect(result.status == 65 && result.errors.contains("~nobody-of-that-name"), "\(command): \(result.errors)")
    }
    let script = """
      poptrain init '~proj' && poptrain run '~proj/experiment.yaml' --run '~run' && poptrain audit '~run' && \\
      poptrain replay '~run' --to '~replay'
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(Set(folder.names) == ["~proj", "~run", "~replay"])
  }

  @Test(arguments: ["../../outside", "..", "x/\u{301}outside", ".incoming", "/etc", ""])
  func `A checkpoint whose name leads out of the run is refused, and not removed`(name: String) async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
    try FileManager.default.createDirectory(
      atPath: folder.url.path + "/outside", withIntermediateDirectories: true)
    try folder.write("precious", to: "outside/file")
    try folder.write(
      """
      import sqlite3, sys
      connection = sqlite3.connect("run/population.sqlite", isolation_level=None)
      connection.execute("UPDATE intervals SET end_checkpoint = ? WHERE sequence = (SELECT max(sequence) FROM intervals)", sys.argv[1:])
      connection.execute("UPDATE members SET checkpoint = ? WHERE id = 0", sys.argv[1:])
      connection.close()
      """, to: "edit.py")
    let edit = try await Program.runShell("python3 edit.py '\(name)'", in: folder)
    #expect(edit.status == 0, "\(edit.errors)")
    for command in [
      ["run", "experiment.yaml", "--run", "run", "--steps", "40"], ["audit", "run"], ["clean", "run", "--remove"],
    ] {
      let result = try await Program.run(arguments: command, in: folder)
      #expect(result.status == 65, "\(command) \(result.output) \(result.errors)")
    }
    #expect(try folder.read("outside/file") == "precious")
  }
}
