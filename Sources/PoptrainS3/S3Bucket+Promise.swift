internal import Foundation

extension S3Bucket {
  /// Checks that of several requests to create an object one succeeds, also at once. All that processes know of one another
  /// rests on this, and some servers do not look at the condition.
  package func checkPromise() throws(S3Failure) {
    let keys = (0..<2).map { _ in "probe/\(UUID().uuidString)" }
    defer { for key in keys { try? delete(key) } }
    guard try putIfAbsent(keys[0], Data("first".utf8)) else {
      throw .noAnswer("\(self): an object was there before it was created; somebody repeats requests on their way")
    }
    guard try !putIfAbsent(keys[0], Data("second".utf8)), try get(keys[0]) == Data("first".utf8) else { throw broken }

    let contents = (0..<8).map { Data("\($0)".utf8) }
    let calls = try contents.map { content throws(S3Failure) in try send(creation(of: keys[1], content)) }
    let answers = try calls.map { call throws(S3Failure) in try call.answer() }
    for answer in answers where ![409, 412].contains(answer.status) { try answer.expectSuccess() }
    let created = zip(answers, contents).filter(\.0.isSuccess).map(\.1)
    guard created.count <= 1 else { throw broken }
    guard try created.first == get(keys[1]) else {
      throw .noAnswer("\(self): none of 8 requests to create an object at once is known to have done so")
    }
  }

  private var broken: S3Failure {
    .refused(
      """
      \(self): the server ignores `If-None-Match: *` and replaces objects that exist, so the processes of a run would \
      overwrite one another's results. On Ceph, use a bucket without versions; elsewhere, another server or a shared folder
      """)
  }
}
