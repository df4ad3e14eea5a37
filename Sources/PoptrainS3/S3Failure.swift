/// Why a server of S3 did not do what it was asked.
package enum S3Failure: Error, Hashable, CustomStringConvertible {
  /// The request may have happened or not: a time limit, a broken connection, a server that is busy or ill. It is safe to
  /// repeat it.
  case noAnswer(String)
  /// It has not happened, and will not. Says why, and what to do.
  case refused(String)
  /// There is no room for a file on the disk of this machine.
  case diskFull(path: String)

  package var description: String {
    switch self {
    case .noAnswer(let message), .refused(let message): message
    case .diskFull(let path): "there is no room left on the disk of \(path)"
    }
  }
}
