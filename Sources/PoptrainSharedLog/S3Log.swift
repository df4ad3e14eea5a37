package import Foundation
package import PoptrainS3
internal import PoptrainStore

/// A log in a bucket of S3, or of a server that speaks its protocol.
package struct S3Log: EntryLog, CustomStringConvertible {
  private let bucket: S3Bucket

  /// Takes the place of a run.
  package init(_ bucket: S3Bucket) {
    self.bucket = bucket
  }

  package var description: String { "\(bucket)/log" }

  package func create(_ number: Int, _ contents: Data, isDurable: Bool) throws(LogFailure) -> Bool {
    throw .refused(.unavailable("not yet"))
  }

  package func read(_ number: Int) throws(LogFailure) -> Data { throw .refused(.unavailable("not yet")) }

  package func lastKnown() throws(LogFailure) -> Int { throw .refused(.unavailable("not yet")) }

  package func last() throws(LogFailure) -> Int { throw .refused(.unavailable("not yet")) }

  package func beat(_ process: String, _ count: Int) throws(LogFailure) { throw .refused(.unavailable("not yet")) }

  package func leave(_ process: String) throws(LogFailure) { throw .refused(.unavailable("not yet")) }

  package func pulse(of process: String) throws(LogFailure) -> Int? { throw .refused(.unavailable("not yet")) }
}
