package import Foundation
package import PoptrainS3
internal import PoptrainStore
internal import Synchronization

/// A log in a bucket of S3, or of a server that speaks its protocol.
package final class S3Log: EntryLog, CustomStringConvertible {
  private let bucket: S3Bucket
  /// The last entry that was heard of, so that few names are listed.
  private let known = Mutex(0)
  /// When the server answered last.
  private let answeredAt: Mutex<ContinuousClock.Instant>
  private let now: @Sendable () -> ContinuousClock.Instant
  /// A run is removed half a minute after its last process was heard of, or later.
  private static let shortestPause = Duration.seconds(20)

  /// Takes the place of a run.
  package init(_ bucket: S3Bucket, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.bucket = bucket
    self.now = now
    answeredAt = Mutex(now())
  }

  package var description: String { "\(bucket)/log" }

  /// Each look is a request, which is paid for.
  package var pause: Duration { .seconds(1) }

  package func checkPromise() throws(LogFailure) {
    try asking { () throws(S3Failure) in try bucket.checkPromise() }
  }

  private static let digits = 10

  private func key(_ number: Int) -> String { "log/\(padded(number, to: S3Log.digits))" }

  package func create(_ number: Int, _ contents: Data, isDurable: Bool) throws(LogFailure) -> Bool {
    let before = answeredAt.withLock { $0 }
    let isNew = try asking { () throws(S3Failure) in try bucket.putIfAbsent(key(number), contents) }
    if isNew, number > 1, now() - before > S3Log.shortestPause {
      try takeBack(number, unlessFollowing: number - 1)
    }
    known.withLock { $0 = max($0, number) }
    return isNew
  }

  /// Deletes an entry that follows none: this process was paused, and the run was removed meanwhile.
  private func takeBack(_ number: Int, unlessFollowing previous: Int) throws(LogFailure) {
    guard try first(from: previous) != previous else { return }
    try asking { () throws(S3Failure) in try bucket.delete(key(number)) }
    throw .refused(.unavailable("\(bucket) was removed while this process was paused"))
  }

  /// The first entry that has this number or a later one; none where there is none.
  private func first(from number: Int) throws(LogFailure) -> Int? {
    let page = try asking { () throws(S3Failure) in try bucket.firstObjects(under: "log/", after: key(number - 1)) }
    return page.objects.first.flatMap(S3Log.number)
  }

  /// The number of an entry; none where something else was put there.
  private static func number(of object: S3Object) -> Int? {
    let name = object.key.dropFirst("log/".count)
    return name.utf8.count == digits ? Int(name) : nil
  }

  package func read(_ number: Int) throws(LogFailure) -> Data {
    guard let contents = try asking({ () throws(S3Failure) in try bucket.get(key(number)) }) else {
      if let later = try first(from: number), later > number { throw .missing(number, in: self) }
      throw .noAnswer("\(bucket)/\(key(number)) is not there yet")
    }
    return contents
  }

  package func lastKnown() throws(LogFailure) -> Int {
    let last = try last(from: known.withLock { $0 })
    known.withLock { $0 = max($0, last) }
    return last
  }

  /// By all names, since the log may have been removed and begun again.
  package func last() throws(LogFailure) -> Int {
    let last = try last(from: 0)
    known.withLock { $0 = last }
    return last
  }

  /// Looks behind an entry, in steps that grow while there are entries, and shrink where there are none: no number is left
  /// out, and a list tells 1,000 names at most.
  private func last(from first: Int) throws(LogFailure) -> Int {
    var (last, step) = (first, 0)
    while true {
      let page = try asking { () throws(S3Failure) in try bucket.firstObjects(under: "log/", after: key(last + step)) }
      if let newest = page.objects.compactMap(S3Log.number).max() {
        (last, step) = (newest, max(1000, 2 * step))
        if page.isWhole { return last }
      } else if step == 0 {
        return last
      } else {
        step = step < 2000 ? 0 : step / 2
      }
    }
  }

  private func pulse(_ process: String) -> String { "pulse/\(process)" }

  package func beat(_ process: String, _ count: Int) throws(LogFailure) {
    try asking { () throws(S3Failure) in try bucket.put(pulse(process), Data("\(count)".utf8)) }
  }

  package func leave(_ process: String) throws(LogFailure) {
    try asking { () throws(S3Failure) in try bucket.delete(pulse(process)) }
  }

  package func pulse(of process: String) throws(LogFailure) -> Int? {
    let contents = try asking { () throws(S3Failure) in try bucket.get(pulse(process)) }
    return contents.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }

  package func pulses() throws(LogFailure) -> [Pulse] {
    try asking { () throws(S3Failure) in try bucket.objects(under: pulse("")) }.map { object in
      Pulse(process: String(object.key.dropFirst(pulse("").count)), saidAt: object.modified)
    }
  }

  private func asking<Answer>(_ ask: () throws(S3Failure) -> Answer) throws(LogFailure) -> Answer {
    do throws(S3Failure) {
      let answer = try ask()
      answeredAt.withLock { $0 = now() }
      return answer
    } catch {
      switch error {
      case .noAnswer(let message): throw .noAnswer(message)
      case .refused(let message): throw .refused(.unavailable(message))
      case .diskFull(let path): throw .refused(.diskFull(path: path))
      }
    }
  }
}
