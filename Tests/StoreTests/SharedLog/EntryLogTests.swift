import Foundation
import PoptrainSharedLog
import PoptrainStoreTesting
import Testing

@Suite("A log in a folder", .timeLimit(.minutes(20))) struct FolderLogTests {
  private let folder: TemporaryFolder
  private let entry = Data("x".utf8)

  init() throws { folder = try TemporaryFolder() }

  @Test("conforms to the contract of logs", arguments: EntryLogConformance.checks)
  func conforms(check: EntryLogConformance.Check) async throws {
    try await check.body { folder.log }
  }

  @Test("is damaged where an entry is missing that others follow, also in the next folder")
  func missing() throws {
    let log = folder.log
    for number in [1, 2, 3, 4096] { #expect(try log.create(number, entry, isDurable: false)) }
    let isRemoved = "If it stays so, the entry was removed"
    for (number, reason) in [
      (2, "is damaged: entry 2 is missing"), (3, "is damaged: entry 3 is missing"), (4096, isRemoved), (3, isRemoved),
    ] {
      unlink("\(log)/00000\(number / 4096)/000000" + String(format: "%04d", number))
      #expect { try log.read(number) } throws: { "\($0)".contains(reason) }
    }
  }

  @Test("goes on where its last entries did not survive a power cut")
  func lostTail() async throws {
    let run = try SharedRun()
    try await run.join("a").close()
    let (log, last) = (run.folder.log, try run.folder.log.last())
    for number in last + 1...last + 3 { #expect(try log.create(number, entry, isDurable: false)) }
    for number in last + 1...last + 3 { unlink("\(log)/000000/000000" + String(format: "%04d", number)) }
    let store = try await run.join("b", poll: ImpatientClock())
    try await store.warn("goes on")
    #expect(try log.last() > last && log.lastKnown() == log.last())
    try await store.close()
  }

  @Test("is not made again by a process that comes back after the run was removed")
  func removed() throws {
    let log = folder.log
    #expect(try log.create(1, entry, isDurable: false))
    try log.beat("a", 1)
    try FileManager.default.removeItem(atPath: "\(log)")
    for number in [2, 4096] { #expect(throws: LogFailure.self) { try log.create(number, entry, isDurable: false) } }
    #expect(throws: LogFailure.self) { try log.beat("a", 2) }
    #expect(!FileManager.default.fileExists(atPath: "\(log)"))
  }
}
