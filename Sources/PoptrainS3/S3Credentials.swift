internal import Foundation
internal import NIOHTTP1
internal import Synchronization

/// Who asks a server.
struct S3Credentials: Sendable {
  var accessKey: String
  var secret: String
  /// Shown with credentials that are valid for hours only.
  var token: String?
  var expires: Date?
}

/// Credentials, and new ones before they expire.
final class S3CredentialSource: Sendable {
  private let latest: Mutex<S3Credentials>
  private let fetch: (@Sendable () throws(S3Failure) -> S3Credentials)?

  /// Finds credentials where the tools of AWS look for them: in the environment, a profile, what a container gets them from,
  /// what a machine of EC2 gets them from.
  init(environment: [String: String], profile: S3Profile) throws(S3Failure) {
    if let key = environment.text("AWS_ACCESS_KEY_ID"), let secret = environment.text("AWS_SECRET_ACCESS_KEY") {
      fetch = nil
      latest = Mutex(
        S3Credentials(accessKey: key, secret: secret, token: environment.text("AWS_SESSION_TOKEN")))
    } else if let key = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] {
      fetch = nil
      latest = Mutex(S3Credentials(accessKey: key, secret: secret, token: profile["aws_session_token"]))
    } else {
      let indirect = ["sso_session", "sso_start_url", "role_arn", "credential_process"].first { profile[$0] != nil }
      if let way = indirect ?? (environment["AWS_WEB_IDENTITY_TOKEN_FILE"].map { _ in "AWS_WEB_IDENTITY_TOKEN_FILE" }) {
        throw .refused(
          "credentials by \(way) are not supported; put them into the environment, as `aws configure export-credentials` prints them"
        )
      }
      let fetch = S3CredentialSource.endpoint(environment)
      self.fetch = fetch
      do throws(S3Failure) { latest = Mutex(try fetch()) } catch {
        throw .refused(
          "there are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile "
            + "in ~/.aws/credentials (\(error))")
      }
    }
  }

  /// The credentials of the moment.
  func current() throws(S3Failure) -> S3Credentials {
    try latest.withLock { credentials throws(S3Failure) in
      guard let fetch, let expires = credentials.expires, expires < .now + 300 else { return credentials }
      do throws(S3Failure) { credentials = try fetch() } catch { if expires < .now { throw error } }
      return credentials
    }
  }

  /// Asks the container's host, or the machine's.
  private static func endpoint(_ environment: [String: String]) -> @Sendable () throws(S3Failure) -> S3Credentials {
    let container =
      environment.text("AWS_CONTAINER_CREDENTIALS_FULL_URI")
      ?? environment.text("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map { "http://169.254.170.2\($0)" }
    if let container {
      return { () throws(S3Failure) in
        var token = environment.text("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = environment.text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
          // Read anew: it expires, too.
          token = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return try credentials(in: ask(container, headers: token.map { ["authorization": $0] } ?? [:]))
      }
    }
    let isDisabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
    let machine = (environment.text("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254") + "/latest"
    return { () throws(S3Failure) in
      guard !isDisabled else { throw .refused("AWS_EC2_METADATA_DISABLED forbids to ask the host of this machine") }
      let token = try ask("\(machine)/api/token", put: true)
      let headers = ["x-aws-ec2-metadata-token": String(decoding: token, as: UTF8.self)]
      let roles = "\(machine)/meta-data/iam/security-credentials/"
      let role = String(decoding: try ask(roles, headers: headers), as: UTF8.self)
      return try credentials(in: ask(roles + role, headers: headers))
    }
  }

  private static func ask(
    _ url: String, put: Bool = false, headers: [String: String] = [:]
  ) throws(S3Failure) -> Data {
    let headers = put ? ["x-aws-ec2-metadata-token-ttl-seconds": "21600"] : headers
    let what = "\(url), which gives credentials,"
    let answer = try S3Call(put ? .PUT : .GET, url, what, headers: headers, limit: 1 << 16, seconds: 2).answer()
    guard answer.isSuccess else { throw .noAnswer("\(what) answered by \(answer.status)") }
    return answer.body
  }

  private static func credentials(in answer: Data) throws(S3Failure) -> S3Credentials {
    struct Answer: Decodable {
      let AccessKeyId: String
      let SecretAccessKey: String
      let Token: String
      let Expiration: Date
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let answer = try? decoder.decode(Answer.self, from: answer) else {
      throw .noAnswer("what should give credentials for S3 gave something else")
    }
    return S3Credentials(
      accessKey: answer.AccessKeyId, secret: answer.SecretAccessKey, token: answer.Token, expires: answer.Expiration)
  }
}
