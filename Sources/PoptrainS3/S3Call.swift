internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import PoptrainNetwork

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
    } catch let error as HTTPClientError {
      throw .noAnswer("\(what) had no answer: \(error.shortDescription)")
    } catch {
      let failure = ConnectionFailure(error)
      guard !failure.isUntrusted else {
        throw .refused(
          "\(what) was not sent: no authority that this machine knows has signed the server's certificate. "
            + "Install that of your authority with update-ca-certificates, or what your system has for it")
      }
      throw .noAnswer("\(what) had no answer: \(failure)")
    }
  }

  func cancel() { task.cancel() }
}
