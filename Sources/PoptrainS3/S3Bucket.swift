internal import AsyncHTTPClient
internal import Crypto
package import Foundation
internal import NIOCore
internal import NIOHTTP1

/// The objects of one place in a bucket. Keys are relative to the place. Every call blocks, for a minute at most where it
/// moves no file, and may be made by any thread but one of the network's.
package final class S3Bucket: Sendable, CustomStringConvertible {
  package let location: S3Location

  /// Finds credentials, region and endpoint as the tools of AWS find them.
  package init(_ location: S3Location, environment: [String: String]) throws(S3Failure) {
    throw .refused("not yet")
  }

  package var description: String { "\(location)" }

  /// Creates an object, unless there is one of this key.
  ///
  /// - Returns: whether it was created. Where it was not, an earlier request may have done so whose answer was lost.
  package func putIfAbsent(_ key: String, _ contents: Data) throws(S3Failure) -> Bool { throw .refused("not yet") }

  /// Creates an object, or replaces it.
  package func put(_ key: String, _ contents: Data) throws(S3Failure) { throw .refused("not yet") }

  /// Reads an object of at most 64 MiB; none where there is none.
  package func get(_ key: String) throws(S3Failure) -> Data? { throw .refused("not yet") }

  /// The keys that begin with a prefix, in ascending order.
  ///
  /// - Parameter after: a key; only those behind it are listed.
  package func keys(under prefix: String, after: String? = nil) throws(S3Failure) -> [String] {
    throw .refused("not yet")
  }

  /// Removes an object, if there is one.
  package func delete(_ key: String) throws(S3Failure) { throw .refused("not yet") }

  /// Makes an object of a file, of any size.
  package func upload(_ path: String, to key: String) throws(S3Failure) { throw .refused("not yet") }

  /// Makes a file of an object, of any size. There must be no file yet; it is this user's alone. It is removed again where
  /// this fails.
  ///
  /// - Returns: whether there is such an object.
  package func download(_ key: String, to path: String) throws(S3Failure) -> Bool { throw .refused("not yet") }
}
