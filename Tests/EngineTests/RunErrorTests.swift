import PoptrainCheckpoints
import PoptrainRuns
import PoptrainStore
import Testing

/// Which errors may pass, so that a scheduler starts the process again.
@Suite struct RunErrorTests {
  @Test func whatDoesNotAnswerMayPassWhoeverFindsOut() {
    #expect(RunError.store(.noAnswer("the server is away")).mayPass)
    #expect(RunError(writing: "s3://runs/x", CheckpointError.noAnswer("the server is away")).mayPass)
    #expect(!RunError(writing: "s3://runs/x", CheckpointError.refused("access denied")).mayPass)
    #expect(!RunError.store(.unavailable("no hard links")).mayPass)
  }
}
