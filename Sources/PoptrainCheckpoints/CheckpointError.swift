package import PopulationBasedTraining

internal import Glibc

/// Why a checkpoint could not be published or used.
package enum CheckpointError: Error, Hashable, CustomStringConvertible {
  /// The trainer saved nothing.
  case empty(String)
  /// The trainer saved something that is no regular file or folder.
  case notAFile(path: String, kind: String)
  /// The trainer saved a file with the name of the manifest.
  case reservedName(String)
  /// There is no such checkpoint, or its files are not those that were published.
  case damaged(CheckpointID, String)
  /// It was published by a newer version.
  case newerVersion(CheckpointID, found: Int, known: Int)
  /// There is no room on the disk, or the quota is used up.
  case diskFull(path: String)
  /// There was no room when what was saved was flushed to the disk, so that some of it may be lost.
  case notFlushed(path: String)
  /// The bucket does not answer.
  case noAnswer(String)
  /// The bucket does not do it.
  case refused(String)
  /// A call of the system failed.
  case system(call: String, path: String, reason: String)

  /// What is wrong.
  package var description: String {
    switch self {
    case .empty(let path):
      "the trainer reported success but saved nothing into \(path)"
    case .notAFile(let path, let kind):
      "the trainer saved \(path), which is \(kind); only regular files and folders can be kept"
    case .reservedName(let path):
      "the trainer saved a file named \(path), which is kept for the manifest of the checkpoint"
    case .damaged(let checkpoint, let what):
      "checkpoint \(checkpoint) is damaged: \(what)"
    case .newerVersion(let checkpoint, let found, let known):
      """
      checkpoint \(checkpoint) was published by a newer version of poptrain (its manifest has version \(found), this program \
      knows up to \(known)). Install the newer version to use it
      """
    case .diskFull(let path):
      "there is no room left on the disk of \(path)"
    case .notFlushed(let path):
      "there is no room left on the disk of \(path); what was saved could not be flushed to it"
    case .noAnswer(let message), .refused(let message):
      message
    case .system(let call, let path, let reason):
      "\(path): \(call) failed: \(reason)"
    }
  }

  /// Whether it may go well later: there may be room, or an answer.
  package var passes: Bool {
    switch self {
    case .diskFull, .noAnswer: true
    default: false
    }
  }

  /// The error that a failed call has left in `errno`.
  static func last(_ call: String, _ path: String) -> CheckpointError {
    errno == ENOSPC || errno == EDQUOT
      ? .diskFull(path: path) : .system(call: call, path: path, reason: String(cString: strerror(errno)))
  }
}
