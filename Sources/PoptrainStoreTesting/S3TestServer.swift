internal import Foundation
package import PoptrainS3

/// A server of S3 for tests, which looks whether signatures are right.
package final class S3TestServer: Sendable {
  /// What a program needs to ask it.
  package let environment: [String: String]
  private let process: Process?

  /// The one that the environment names, as a line with its port, a key and its secret; else one that ends with the tests.
  package static func shared() throws -> S3TestServer { try started.get() }

  private static let started = Result {
    try ProcessInfo.processInfo.environment["POPTRAIN_S3"].map { S3TestServer(told: $0, process: nil) }
      ?? S3TestServer()
  }

  /// Whether it is one that is used in earnest.
  package static let isReal = ProcessInfo.processInfo.environment["POPTRAIN_S3"] != nil

  /// Starts one of its own, from the Python of the tests.
  package convenience init() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", sources.appendingPathComponent("Tests/Support/s3_server.py").path]
    let (input, output) = (Pipe(), Pipe())
    // It ends when its input does: with this process at the latest.
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    var line = ""
    while !line.hasSuffix("\n"), let next = try output.fileHandleForReading.read(upToCount: 1), !next.isEmpty {
      line += String(decoding: next, as: UTF8.self)
    }
    self.init(told: line, process: process)
  }

  private init(told line: String, process: Process?) {
    let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
    precondition(parts.count == 3, "the server of S3 said `\(line)`; install what it needs: make setup-dev")
    environment = [
      "AWS_ENDPOINT_URL": "http://127.0.0.1:\(parts[0])", "AWS_ACCESS_KEY_ID": parts[1],
      "AWS_SECRET_ACCESS_KEY": parts[2], "AWS_EC2_METADATA_DISABLED": "true",
    ]
    self.process = process
  }

  /// A place in a bucket, where nothing is yet if its name is new.
  package func place(_ name: String = UUID().uuidString, in bucket: String = "runs") throws -> S3Bucket {
    try S3Bucket(S3Location("s3://\(bucket)/\(name)"), environment: environment)
  }

  /// Ends one that was started.
  package func kill() {
    guard let process else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
