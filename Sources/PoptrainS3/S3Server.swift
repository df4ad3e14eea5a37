internal import Foundation

/// A server of S3, and who asks it.
struct S3Server: Sendable {
  /// Its scheme and host, such as `https://s3.eu-central-1.amazonaws.com`.
  let endpoint: String
  let region: String
  private let host: String
  private let credentials: S3CredentialSource

  /// Finds all of it as the tools of AWS do.
  init(environment: [String: String]) throws(S3Failure) {
    let profile = try S3Profile(environment: environment)
    region =
      environment.text("AWS_REGION") ?? environment.text("AWS_DEFAULT_REGION") ?? profile["region"] ?? "us-east-1"
    guard region.wholeMatch(of: /[A-Za-z0-9-]+/) != nil else {
      throw .refused("the region `\(region)` must be a name such as `eu-central-1`; set AWS_REGION")
    }
    let given =
      environment.text("AWS_ENDPOINT_URL_S3") ?? environment.text("AWS_ENDPOINT_URL") ?? profile["endpoint_url"]
    let url = given ?? "https://s3.\(region).amazonaws.com"
    guard let parts = url.wholeMatch(of: /(https?:\/\/([^\/?#@\s]+))\/?/) else {
      throw .refused("the endpoint `\(url)` must be a URL such as `https://host:9000`; set AWS_ENDPOINT_URL")
    }
    (endpoint, host) = (String(parts.1), String(parts.2))
    credentials = try S3CredentialSource(environment: environment, profile: profile)
  }

  /// Sends a request, and does not wait.
  ///
  /// - Parameters:
  ///   - what: the request, for messages.
  ///   - limit: the most bytes that an answer may have.
  ///   - seconds: how long the answer may take.
  func send(_ request: S3Request, _ what: String, limit: Int, seconds: Int64) throws(S3Failure) -> S3Call {
    let headers = request.signedHeaders(
      host: host, region: region, credentials: try credentials.current(), at: .now)
    return try S3Call(
      request.method, endpoint + request.target, what, headers: headers, body: request.body, limit: limit,
      seconds: seconds)
  }
}

extension [String: String] {
  /// The value of a variable that is set, and not to nothing.
  func text(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
