import PoptrainStoreTesting
import PoptrainSQLite
import PoptrainRuns
import PoptrainEngine
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Testing

/// A run is recorded, then the power is cut at every moment and in many ways. Each disk that is left is checked.
@Suite(.serialized) struct PowerLossTests {
  private static let recorded = Task { try await Recording(experiment(more: "durability: durable")) }

  private static func experiment(more: String) -> String {
    Example.experiment(population: 3, steps: 40, interval: 10, workers: 2, more: more)
  }

  @Test func `The recorder misses nothing`() async throws {
    for recording in [try await Self.recorded.value, try await Recording(Self.commands, trainer: Self.commandTrainer)] {
      let replayed = PowerCut(recording.operations).ordered(at: recording.operations.count).tree
      let left = try tree(of: recording.folder.url.path + "/disk")
      let missed = Set(left.keys).union(replayed.keys).filter { left[$0] != replayed[$0] }
      #expect(missed.isEmpty)
      #expect(replayed.keys.contains { $0.hasSuffix("x.json") } && replayed.keys.contains { $0.hasSuffix("best") })
      let announced = recording.operations.count { if case .announce = $0 { true } else { false } }
      #expect(announced == 12)
    }
  }

  @Test func `After a cut at any write or sync, no announced interval is lost and no checkpoint is torn`() async throws
  {
    let operations = try await Self.recorded.value.operations
    var moments = operations.indices.filter { index in
      switch operations[index] {
      case .write, .sync, .announce: true
      default: Program.isSlow
      }
    }
    if !Program.isSlow { moments = moments.enumerated().filter { $0.offset % 4 == 0 }.map(\.element) }
    let cut = PowerCut(operations)
    let disks = try Disks()
    for moment in moments + [operations.count] {
      let problems = try disks.problems(of: cut.ordered(at: moment), after: announced(operations[..<moment]))
      #expect(problems.isEmpty, "cut before operation \(moment): \(problems)")
    }
    print("power loss: \(operations.count) operations, \(moments.count + 1) prefixes checked")
  }

  @Test func `Whatever was not synced is lost, reordered or torn, no announced interval is lost`() async throws {
    let operations = try await Self.recorded.value.operations
    let count = Program.isSlow ? 2000 : 100
    let found = try losses(operations, PowerCut(operations), count: count)
    #expect(found.isEmpty, "\(found.count) of \(count): \(found.prefix(3))")
    print("power loss: \(count) disks with losses checked")
  }

  @Test(arguments: PowerCut.Fault.allCases)
  func `Without the syncs, the same test finds losses`(fault: PowerCut.Fault) async throws {
    let operations = try await Self.recorded.value.operations
    let count = Program.isSlow ? 300 : 30
    let found = try losses(operations, PowerCut(operations, fault: fault), count: count)
    #expect(!found.isEmpty)
    print("power loss, \(fault): \(found.count) of \(count) disks have lost something")
  }

  @Test func `A run that survives the process only may lose intervals with the power`() async throws {
    let operations = try await Recording(Self.experiment(more: "durability: process")).operations
    let count = Program.isSlow ? 300 : 30
    let found = try losses(operations, PowerCut(operations), count: count)
    #expect(!found.isEmpty)
    print("power loss, process: \(found.count) of \(count) disks have lost something")
  }

  /// Some of the disks are given to the program, which goes on to the history of a run that was left alone.
  @Test func `After a cut the program goes on to the same end`() async throws {
    let recording = try await Self.recorded.value
    let expected = try await history(of: "disk/runs/climb", in: recording.folder)
    let cut = PowerCut(recording.operations)
    var random = SeededGenerator(seed: 7)
    for number in 0..<(Program.isSlow ? 100 : 4) {
      let moment = Int.random(in: 0...recording.operations.count, using: &random)
      let path = "\(recording.folder.url.path)/again"
      cut.random(at: moment, using: &random).write(to: path)
      let run = try await Program.run(
        "run", "experiment.yaml", "--run", "again/runs/climb", "--steps", "40", in: recording.folder)
      #expect(run.status == 0, "disk \(number), cut before operation \(moment): \(run.errors)")
      let audit = try await Program.run("audit", "again/runs/climb", in: recording.folder)
      #expect(audit.status == 0 && !audit.output.contains("note: checkpoints"), "\(audit.output) \(audit.errors)")
      #expect(try await history(of: "again/runs/climb", in: recording.folder) == expected)
      try removeAll(path)
    }
  }

  /// What was lost on disks that chance has made, cut at moments that chance has chosen.
  private func losses(_ operations: [Recording.Operation], _ cut: PowerCut, count: Int) throws -> [String] {
    let disks = try Disks()
    return try (0..<count).compactMap { seed in
      var random = SeededGenerator(seed: UInt64(seed))
      let moment = Int.random(in: 0...operations.count, using: &random)
      let disk = cut.random(at: moment, using: &random)
      let problems = try disks.problems(of: disk, after: announced(operations[..<moment]))
      return problems.isEmpty ? nil : "seed \(seed): \(problems)"
    }
  }

  private func announced(_ operations: ArraySlice<Recording.Operation>) -> Set<Recording.Announced> {
    Set(operations.compactMap { if case .announce(let interval) = $0 { interval } else { nil } })
  }

  private func tree(of path: String) throws -> [String: [UInt8]] {
    var tree: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) where !name.hasSuffix("-shm") {
      let whole = "\(path)/\(name)"
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: whole) {
        tree[name] = Array(target.utf8)
        continue
      }
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder)
      tree[isFolder.boolValue ? name + "/" : name] =
        isFolder.boolValue ? [] : [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
    }
    return tree
  }

  private static let commands = experiment(more: "durability: durable").replacing(
    "[python3, train.py]", with: "[sh, train.py, '{load}', '{save}', '{member}', '{stop}', '{rate}']")

  private static let commandTrainer = """
    mkdir "$2/inner"
    echo "$1 $5" >> "$2/x.new"
    echo "$4" >> "$2/x.new"
    mv "$2/x.new" "$2/x.json"
    cat "$2/x.json" "$2/x.json" > "$2/inner/twice"
    echo "value: -0.$3$4"
    """
}

/// Where disks are written to be checked, in memory where that can be.
private final class Disks {
  private let path: String

  init() throws {
    let memory = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    path = "\(memory)/poptrain-disks-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? removeAll(path) }

  /// What is wrong with a disk after these intervals were announced.
  func problems(of disk: Disk, after announced: Set<Recording.Announced>) throws -> [String] {
    let folder = "\(path)/disk"
    disk.write(to: folder)
    defer { try? removeAll(folder) }
    do {
      let run = try RecordedRun(RunDirectory(path: "\(folder)/runs/climb"))
      let audit = try run.audit()
      let kept = Set(try run.history.intervals().map { Recording.Announced(member: $0.member, number: $0.number) })
      return audit.findings.map(\.description) + announced.subtracting(kept).map { "lost: \($0)" }
    } catch {
      // A run that has announced nothing may not be there yet.
      return announced.isEmpty ? [] : ["\(error)"]
    }
  }
}

private func removeAll(_ path: String) throws {
  guard FileManager.default.fileExists(atPath: path) else { return }
  for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder), isFolder.boolValue {
      chmod("\(path)/\(name)", 0o755)
    }
  }
  try FileManager.default.removeItem(atPath: path)
}
