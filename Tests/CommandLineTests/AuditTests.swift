import Foundation
import GRDB
import Testing

/// What the audit finds in a folder that was changed behind the engine's back.
@Suite struct AuditTests {
  /// A change of a finished run, and what is said of it.
  struct Change: CustomTestStringConvertible {
    let name: String
    let finding: String
    var isNote = false
    let make: @Sendable (_ run: String, _ checkpoint: String) throws -> Void

    var testDescription: String { name }

    init(_ name: String, finding: String, isNote: Bool = false, sql: String) {
      self.init(name, finding: finding, isNote: isNote) { run, _ in
        try DatabaseQueue(path: run + "/population.sqlite").writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA foreign_keys = OFF")
          try db.execute(sql: sql)
        }
      }
    }

    init(
      _ name: String, finding: String, isNote: Bool = false,
      make: @escaping @Sendable (_ run: String, _ checkpoint: String) throws -> Void
    ) {
      (self.name, self.finding, self.isNote, self.make) = (name, finding, isNote, make)
    }
  }

  static let changes = [
    Change("a checkpoint is missing", finding: "its manifest cannot be read") { _, checkpoint in
      try FileManager.default.moveItem(atPath: checkpoint, toPath: checkpoint + "/../../gone")
    },
    Change("a byte of a model", finding: "the contents of x.json have changed") { _, checkpoint in
      chmod(checkpoint + "/x.json", 0o644)
      let file = try #require(FileHandle(forWritingAtPath: checkpoint + "/x.json"))
      try file.write(contentsOf: Data("9".utf8))
    },
    Change("a model was cut off", finding: "has 3 bytes instead of") { _, checkpoint in
      truncate(checkpoint + "/x.json", 3)
    },
    Change("a file more in a checkpoint", finding: "it holds more, which was not published with it") { _, checkpoint in
      chmod(checkpoint, 0o755)
      try Data().write(to: URL(fileURLWithPath: checkpoint + "/more"))
    },
    Change("a stray folder", finding: "checkpoints/stray: orphaned: nothing refers to it", isNote: true) { run, _ in
      try FileManager.default.createDirectory(atPath: run + "/checkpoints/stray", withIntermediateDirectories: false)
    },
    Change("best is gone", finding: "best: it points at nothing", isNote: true) { run, _ in
      try FileManager.default.removeItem(atPath: run + "/best")
    },
    Change("a log is gone", finding: "logs/worker-0.log: it is gone", isNote: true) { run, _ in
      try FileManager.default.removeItem(atPath: run + "/logs/worker-0.log")
    },
    Change(
      "an interval is missing", finding: "it follows the record of sequence",
      sql: """
        DELETE FROM evaluations; DELETE FROM intervals WHERE number = 2 AND member = 1
        """),
    Change(
      "an interval begins too late", finding: "its start age is 11, but member",
      sql: "UPDATE intervals SET start_age = start_age + 1, end_age = end_age + 1 WHERE number = 2"),
    Change(
      "an interval starts from another checkpoint", finding: "its start checkpoint is",
      sql: "UPDATE intervals SET start_checkpoint = 'other' WHERE number = 3 AND member = 1"),
    Change(
      "an interval is there twice", finding: "its number is 9, but member",
      sql: "UPDATE intervals SET number = 9 WHERE number = 2 AND member = 0"),
    Change(
      "a decision is another", finding: "reason: recorded because, recomputed ",
      sql: "UPDATE decisions SET reason = 'because' WHERE ordinal = 1 AND member = 1"),
    Change(
      "a score is another", finding: "and its metrics make it",
      sql: "UPDATE intervals SET score = score + 70 WHERE number = 1"),
    Change(
      "what selection compared is another", finding: "its selection is",
      sql: "UPDATE intervals SET selection = selection + 70 WHERE number = 1 AND member = 0"),
    Change(
      "a member is another", finding: "it is not what history makes of it: intervals",
      sql: "UPDATE members SET intervals = intervals + 1 WHERE id = 1"),
    Change(
      "the best is another", finding: "table run, best: the tables of now have",
      sql: "UPDATE run SET best = (SELECT min(sequence) FROM intervals WHERE end_checkpoint NOT NULL)"),
    Change(
      "a model began elsewhere", finding: "it is not what history makes of it: beginning",
      sql: "UPDATE members SET beginning = 2 WHERE id = 2"),
    Change(
      "the best is older", finding: "table run, intervals_since_best: the tables of now have",
      sql: "UPDATE run SET intervals_since_best = intervals_since_best + 1"),
    Change(
      "it never began again", finding: "table run, intervals_since_restart: the tables of now have",
      sql: "UPDATE run SET intervals_since_restart = 1"),
    Change(
      "two have a member", finding: "lease t: member 0 is not leased",
      sql: "INSERT INTO leases VALUES ('t', 0, 'worker-7', '0-9-t')"),
    Change(
      "a member is leased by nobody", finding: "member 0: it is leased, but there is no lease",
      sql: "UPDATE members SET state = 'leased' WHERE id = 0"),
  ]

  @Test(arguments: changes) func `It finds that`(_ change: Change) async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 30))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let clean = try await Program.run("audit", "runs/climb", in: folder)
    #expect(clean.status == 0 && !clean.output.contains("note"), "\(clean.output) \(clean.errors)")
    let run = folder.url.path + "/runs/climb"
    let best = try FileManager.default.destinationOfSymbolicLink(atPath: run + "/best")
    try change.make(run, "\(run)/\(best)")

    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == (change.isNote ? 0 : 65), "\(audit.output)")
    #expect((change.isNote ? audit.output : audit.errors).contains(change.finding), "\(audit.output) \(audit.errors)")
  }
}
