package import Foundation

/// What a server has answered.
package struct S3Answer: Sendable {
  /// What it answers, for messages.
  let what: String
  let status: Int
  /// By lowercase names.
  let headers: [String: String]
  let body: Data

  package init(what: String, status: Int, headers: [String: String], body: Data) {
    (self.what, self.status, self.headers, self.body) = (what, status, headers, body)
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// Whether the server says that there is no such object.
  var isAbsent: Bool { status == 404 && code != "NoSuchBucket" }

  /// The server's word for what is wrong, such as `AccessDenied`.
  var code: String? { texts(of: "Code").first }

  /// The texts of the elements of a name in its XML.
  func texts(of element: String) -> [String] {
    S3Answer.texts(of: element, in: String(decoding: body, as: UTF8.self))
  }

  static func texts(of element: String, in xml: String) -> [String] {
    let parts = xml.components(separatedBy: "<\(element)>").dropFirst()
    return parts.compactMap { part in part.range(of: "</\(element)>").map { String(part[..<$0.lowerBound]) } }
  }

  /// The objects of a list that are in a place.
  package func objects(under location: S3Location) -> [S3Object] {
    texts(of: "Contents").compactMap { S3Object(listed: $0, under: location) }
  }

  /// Throws what it means that the server has not done what it was asked.
  package func expectSuccess() throws(S3Failure) {
    guard !isSuccess else { return }
    let message = texts(of: "Message").first?.trimmingCharacters(in: ["."]) ?? ""
    let answer =
      "\(what) was answered by \(status) \(code ?? "without a reason")\(message.isEmpty ? "" : ": \(message)")"
    switch (status, code) {
    case (408, _), (409, _), (429, _), (500, _), (502..., _), (400, "RequestTimeout"), (400, "IncompleteBody"):
      throw .noAnswer(answer)
    default:
      throw .refused(remedy.map { "\(answer). \($0)" } ?? answer)
    }
  }

  private var remedy: String? {
    switch (status, code) {
    case (_, "InvalidAccessKeyId"), (_, "SignatureDoesNotMatch"):
      "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and that they belong to this server"
    case (_, "ExpiredToken"), (_, "InvalidToken"), (_, "TokenRefreshRequired"):
      "Get new credentials, and start again with them"
    case (_, "RequestTimeTooSkewed"): "Set the clock of this machine"
    case (_, "NoSuchBucket"): "Make the bucket first, or check its name and AWS_ENDPOINT_URL"
    case (301, _), (307, _), (_, "AuthorizationHeaderMalformed"):
      "The bucket is in another region: set AWS_REGION\(region.map { " to \($0)" } ?? "")"
    case (501, _): "This server lacks what a run in a bucket needs: use a shared folder, or another server"
    case (403, _):
      "Allow these credentials s3:ListBucket of the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject of what is in it"
    default: nil
    }
  }

  private var region: String? { headers["x-amz-bucket-region"] ?? texts(of: "Region").first }
}
