import PoptrainSharedLog
import PoptrainStoreTesting
import Testing

@Suite("A log in a folder", .timeLimit(.minutes(20))) struct FolderLogTests {
  @Test("conforms to the contract of logs", arguments: EntryLogConformance.checks)
  func conforms(check: EntryLogConformance.Check) async throws {
    let folder = try TemporaryFolder()
    try await check.body { folder.log }
  }
}
