/// What a simulation breaks on purpose.
public enum Fault: String, CaseIterable, Sendable {
  case workerKilled = "worker killed"
  case killedInFileCall = "worker killed between two calls on files"
  case workerPaused = "worker paused beyond its lease and woken"
  case engineKilled = "engine killed and started again"
  case powerCut = "power cut"
  case answerLost = "commit whose answer is lost"
  case requestLost = "request lost"
  case storeUnavailable = "store unavailable"
  case messageDuplicated = "message duplicated"
  case messageReordered = "messages reordered"
  case tornCheckpoint = "torn checkpoint"
  case missingCheckpoint = "missing checkpoint"
  case fullDisk = "full disk"
  case slowDisk = "slow disk"
  case clockJump = "clock jump"
  case clockSkew = "clock skew"
  case trainerCrash = "trainer crash"
  case trainerHang = "trainer hang"
  case trainerNaN = "trainer NaN"
  case trainerLie = "trainer lie"
  case preemption = "preemption"
  case killedAtLog = "killed between two calls of the log"
  case pausedAtLog = "paused beyond its lease between two calls of the log"
  case cutOff = "cut off from the log"
  case requestLate = "request that arrives late, by up to 15 minutes"
  case logLags = "log that hides its last entries"
  case allStopped = "all asked to stop"
  case newerVersion = "entry of a newer version"

  /// What a simulation of one machine breaks.
  public static let ofOneMachine = allCases.filter { !onlyOfSharedLog.contains($0) }

  /// What a simulation of processes that share a log breaks.
  public static let ofSharedLog = allCases.filter { !onlyOfOneMachine.contains($0) }

  private static let onlyOfSharedLog: Set<Fault> = [
    .killedAtLog, .pausedAtLog, .cutOff, .requestLate, .logLags, .allStopped, .newerVersion,
  ]
  private static let onlyOfOneMachine: Set<Fault> = [
    .engineKilled, .powerCut, .storeUnavailable, .messageReordered, .tornCheckpoint, .missingCheckpoint,
  ]
}
