@testable import PoptrainS3
import Foundation
import PoptrainStoreTesting
import Testing

@Suite("Credentials of S3") struct CredentialsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/.aws", withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/.aws/\(name)"))
  }

  private func find(_ changes: [String: String] = [:]) throws -> S3Credentials {
    let environment = ["HOME": folder.path, "AWS_EC2_METADATA_DISABLED": "true"].merging(changes) { $1 }
    return try S3CredentialSource(environment: environment, profile: S3Profile(environment: environment)).current()
  }

  private func server(_ changes: [String: String] = [:]) throws -> S3Server {
    try S3Server(
      environment: ["HOME": folder.path, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"].merging(changes) { $1 }
    )
  }

  @Test("are those of the environment, or else of the profile")
  func found() throws {
    try write(
      """
      [default]
      aws_access_key_id = first
      aws_secret_access_key=first secret
      # aws_session_token = none
      [other]
      aws_access_key_id = second
      aws_secret_access_key = second/secret+=
      aws_session_token = token
      """, to: "credentials")
    let standard = try find()
    #expect(standard.accessKey == "first" && standard.secret == "first secret" && standard.token == nil)
    let other = try find(["AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": ""])
    #expect(other.accessKey == "second" && other.secret == "second/secret+=" && other.token == "token")
    let given = try find([
      "AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": "third", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
    ])
    #expect(given.accessKey == "third" && given.secret == "s" && given.token == "t")
    let elsewhere = try find([
      "HOME": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": folder.path + "/.aws/credentials",
    ])
    #expect(elsewhere.accessKey == "first")
  }

  @Test("may be in the profile's section of the other file, beside region and endpoint")
  func config() throws {
    try write(
      """
      [default]
      region = eu-west-3
      s3 =
        region = nested
      [profile lab]
      region = lab-1
      endpoint_url = http://lab:9000/
      aws_access_key_id = a
      aws_secret_access_key = b
      """, to: "config")
    #expect(try find(["AWS_PROFILE": "lab"]).accessKey == "a")
    #expect(try server().endpoint == "https://s3.eu-west-3.amazonaws.com")
    #expect(try server(["AWS_PROFILE": "lab"]).region == "lab-1")
    #expect(try server(["AWS_PROFILE": "lab"]).endpoint == "http://lab:9000")
    #expect(try server(["AWS_DEFAULT_REGION": "x", "AWS_REGION": "y"]).endpoint == "https://s3.y.amazonaws.com")
    #expect(
      try server(["AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "http://[::1]:80/"]).endpoint
        == "http://[::1]:80")
    #expect(try server(["HOME": ""]).endpoint == "https://s3.us-east-1.amazonaws.com")
  }

  @Test("that are not there, or that are found in another way, are refused with what to do")
  func refused() throws {
    try write("[default]\nregion = a\n[profile sso]\nsso_session = me\n[profile role]\nrole_arn = arn:x", to: "config")
    let cases: [([String: String], String)] = [
      ([:], "there are no credentials for S3: set AWS_ACCESS_KEY_ID"),
      (["AWS_PROFILE": "absent"], "there is no profile `absent`"),
      (["AWS_PROFILE": "sso"], "by sso_session are not supported"),
      (["AWS_PROFILE": "role"], "aws configure export-credentials"),
      (["AWS_WEB_IDENTITY_TOKEN_FILE": "/x"], "by AWS_WEB_IDENTITY_TOKEN_FILE are not supported"),
    ]
    for (environment, message) in cases {
      #expect {
        try find(environment)
      } throws: { error in
        "\(error)".contains(message)
      }
    }
    for (name, value) in [
      ("AWS_ENDPOINT_URL", "localhost:9000"), ("AWS_ENDPOINT_URL", "http://a:1/b"), ("AWS_ENDPOINT_URL", "http://u@a"),
      ("AWS_REGION", "a/b"),
    ] {
      #expect {
        try server([name: value])
      } throws: { error in
        "\(error)".contains("set \(name)") && "\(error)".contains("`\(value)`")
      }
    }
  }

  /// As the servers of the cloud give them; the server of these tests does so too.
  @Test("are fetched where a container or a machine has them", .enabled(if: !S3TestServer.isReal))
  func fetched() throws {
    let endpoint = try #require(try S3TestServer.shared().environment["AWS_ENDPOINT_URL"])
    let machine = try find(["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint])
    #expect(machine.accessKey == "test-key" && machine.token == "test-session-token")
    #expect(try #require(machine.expires) > .now + 3600)
    let container = try find([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint + "/latest/meta-data/iam/security-credentials/default-role"
    ])
    #expect(container.secret == "test-secret-key")
    let source = try S3CredentialSource(
      environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint + "/credentials"],
      profile: S3Profile(environment: ["HOME": folder.path]))
    // Each of them would expire within five minutes.
    #expect(try source.current().accessKey == "key 1" && source.current().accessKey == "key 2")
    #expect(throws: S3Failure.self) { try find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"]) }
  }
}
