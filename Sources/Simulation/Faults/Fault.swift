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

  /// Whether it leaves the history of a synchronous run as it is.
  var keepsHistory: Bool {
    switch self {
    case .tornCheckpoint, .missingCheckpoint, .trainerNaN, .trainerLie, .trainerHang, .trainerCrash: false
    default: true
    }
  }
}
