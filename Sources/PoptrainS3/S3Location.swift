/// A place in a bucket, such as `s3://bucket/runs/digits`.
package struct S3Location: Hashable, Sendable, CustomStringConvertible {
  package let bucket: String
  /// What all keys of the place begin with, before a `/`; empty for the whole bucket.
  package let prefix: String

  /// Parses a URL. What is behind the bucket is taken as it is: a `%` is a `%`.
  package init(_ url: String) throws(S3Failure) {
    throw .refused("not yet")
  }

  package var description: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }
}
