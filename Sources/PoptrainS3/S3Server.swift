internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

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

/// A request that was sent.
struct S3Call: Sendable {
  private let task: HTTPClient.Task<HTTPClient.Response>
  private let what: String

  /// Follows no redirections, which would go where the signature is not valid. It lives as long as the process.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.httpVersion = .http1Only
    configuration.timeout = .init(connect: .seconds(10))
    // Servers close what is idle, and a request that comes at that moment is lost.
    configuration.connectionPool.idleTimeout = .seconds(15)
    // What is small must not wait for the parts of files.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    // Whoever asks decides whether to ask again.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1), configuration: configuration)
  }()

  /// Sends it.
  init(
    _ method: HTTPMethod, _ url: String, _ what: String, headers: [String: String], body: Data = Data(), limit: Int,
    seconds: Int64
  ) throws(S3Failure) {
    let request: HTTPClient.Request
    do {
      request = try HTTPClient.Request(
        url: url, method: method, headers: HTTPHeaders(headers.map { ($0, $1) }), body: .bytes(body))
    } catch {
      throw .refused("\(what): `\(url)` is no URL that can be asked: \(error)")
    }
    self.what = what
    task = S3Call.client.execute(
      request: request, delegate: ResponseAccumulator(request: request, maxBodySize: limit),
      deadline: .now() + .seconds(seconds))
  }

  /// Waits for the answer.
  func answer() throws(S3Failure) -> S3Answer {
    do {
      let response = try task.wait()
      return S3Answer(
        what: what, status: Int(response.status.code),
        headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
        body: response.body.map { Data($0.readableBytesView) } ?? Data())
    } catch let error as ResponseAccumulator.ResponseTooBigError {
      throw .refused("\(what) has more than \(error.maxBodySize) bytes")
    } catch let error as NIOConnectionError {
      let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "nobody knows the name of its host"
      throw .noAnswer("\(what) had no answer: \(reason)")
    } catch  where "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
      throw .refused("\(what) was not sent: no authority that this machine knows has signed the server's certificate")
    } catch {
      throw .noAnswer("\(what) had no answer: \((error as? HTTPClientError)?.shortDescription ?? "\(error)")")
    }
  }

  func cancel() { task.cancel() }
}

extension [String: String] {
  /// The value of a variable that is set, and not to nothing.
  func text(_ name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
