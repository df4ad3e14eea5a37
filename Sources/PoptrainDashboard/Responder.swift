internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PoptrainJSON
internal import PoptrainRuns

/// Answers the requests of pages. Paths name runs and members, never files.
struct Responder: HTTPResponder {
  /// A request with the port on which it came in, which is known only then where any free port was asked for.
  struct Context: RequestContext {
    var coreContext: CoreRequestContextStorage
    let port: Int

    init(source: Source) {
      coreContext = CoreRequestContextStorage(source: source)
      port = source.channel.localAddress?.port ?? 0
    }
  }

  /// The longest address that is read.
  private static let longestAddress = 2048

  let shelf: RunShelf
  let access: Access
  let streams: StreamLimit
  let stopping: Stopping

  func respond(to request: Request, context: Context) async throws -> Response {
    var response: Response
    do {
      response = try await answer(to: request, port: context.port)
    } catch let refusal as Refusal {
      response = Response(refusal)
    } catch let error as RunError {
      response = Response(Refusal(error))
    } catch {
      response = Response(Refusal(.internalServerError, "\(error)"))
    }
    for field in Responder.fields where response.headers[field.name] == nil { response.headers.append(field) }
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(to request: Request, port: Int) async throws -> Response {
    guard request.uri.string.utf8.count <= Responder.longestAddress else {
      throw Refusal(.badRequest, "the address is longer than \(Responder.longestAddress) bytes")
    }
    guard request.headers[.transferEncoding] == nil, ["0", nil].contains(request.headers[.contentLength]) else {
      throw Refusal(.contentTooLarge, "no request has a body here")
    }
    switch access.judge(request, port: port) {
    case .allowed: break
    case .redirect(let address, let cookie):
      return Response(status: .seeOther, headers: [.location: address, .setCookie: cookie, .cacheControl: "no-store"])
    case .denied:
      throw Refusal(.unauthorized, access.isOpen ? Responder.needsToken : Responder.needsLocalhost)
    }
    let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    if parts.count == 3, parts[0] == "runs", parts[2] == "stop" {
      try check(request, allows: [.post])
      return try await stop(parts[1], request)
    }
    try check(request, allows: [.get, .head])
    return try await read(parts, request)
  }

  private static let needsToken =
    "this dashboard is opened with its token: use the address that `poptrain dashboard` printed"
  private static let needsLocalhost = """
    this dashboard is for this machine only, and was asked under another name: reach it as localhost, such as through an ssh \
    tunnel, or have your proxy send `Host: localhost`
    """

  private func check(_ request: Request, allows methods: [HTTPRequest.Method]) throws(Refusal) {
    guard !methods.contains(request.method) else { return }
    throw Refusal(.methodNotAllowed, "this address is for \(methods[0].rawValue)", methods: methods)
  }

  private func read(_ parts: [String], _ request: Request) async throws -> Response {
    switch (parts.count, parts.first) {
    case (0, _), (1, ""): return try file("index.html", request)
    case (1, "runs.json"): return Response(json: await shelf.listing())
    case (1, let name?): return try file(name, request)
    case (3, "runs"):
      let feed = try await feed(parts[1])
      switch parts[2] {
      case "run.json": return Response(json: try await feed.summaryBytes())
      case "outline.json": return Response(json: try await feed.outlineBytes())
      case "rows":
        let tape = try await feed.current()
        return Response(
          RowsAnswer(tape.rows, from: try number("from", of: request), values: try number("values", of: request)))
      case "events": return try await events(of: feed)
      case "findings.json": return Response(json: try await feed.findingsBytes())
      default: break
      }
    case (4, "runs") where parts[2] == "members" && parts[3].hasSuffix(".json"):
      let (feed, name) = (try await feed(parts[1]), parts[3].dropLast(5))
      guard let id = Responder.number(name), let bytes = try await feed.memberBytes(id) else {
        throw Refusal(.notFound, "there is no member \(name)")
      }
      return Response(json: bytes)
    default: break
    }
    throw Refusal(.notFound, "there is nothing at this address")
  }

  /// Ends a run, for a page of this server that somebody looks at.
  private func stop(_ key: String, _ request: Request) async throws -> Response {
    guard Access.isFromItself(request) else {
      throw Refusal(
        .forbidden,
        """
        the request comes from a page of another server, or through a proxy without TLS, for which that cannot be told; \
        stop the run where it was started, with Ctrl-C
        """)
    }
    guard let given = request.headers[Responder.session], shelf.session.matches(given) else {
      throw Refusal(.forbidden, "`x-poptrain-session` is not that of this server; load the page again")
    }
    try await stopping.stop(feed(key).directory)
    return Response(json: JSON.fields([:]).bytes, status: .accepted)
  }

  private func feed(_ key: String) async throws -> RunFeed {
    guard let feed = await shelf.feed(key) else { throw Refusal(.notFound, "there is no run \(key)") }
    return feed
  }

  private func file(_ name: String, _ request: Request) throws -> Response {
    guard let file = PageFile.all[name] else { throw Refusal(.notFound, "there is nothing at this address") }
    var headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache", .contentType: file.type]
    guard request.headers[.ifNoneMatch] != file.tag else {
      headers[.contentType] = nil
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
  }

  /// A number of the address, 0 where it is not there.
  private func number(_ name: String, of request: Request) throws -> Int {
    let fields = request.uri.query?.split(separator: "&") ?? []
    guard let field = fields.first(where: { $0.hasPrefix(name + "=") }) else { return 0 }
    guard let number = Responder.number(field.dropFirst(name.count + 1)) else {
      throw Refusal(.badRequest, "`\(name)` is a whole number from 0 on")
    }
    return number
  }

  /// A number that is written as digits alone.
  private static func number(_ digits: Substring) -> Int? {
    let number = digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(digits) : nil
    return number.flatMap { $0 <= 1 << 53 ? $0 : nil }
  }

  private func events(of feed: RunFeed) async throws -> Response {
    guard let place = streams.take() else {
      throw Refusal(.serviceUnavailable, "\(streams.limit) pages are open already; close some")
    }
    let events = try await feed.events()
    let body = ResponseBody { writer in
      // It is given back when the page has gone.
      defer { withExtendedLifetime(place) {} }
      for await event in events { try await writer.write(ByteBuffer(bytes: event)) }
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-store", Responder.accelBuffering: "no",
      ], body: body)
  }

  /// Bytes below which pieces are sent as one: each piece costs a system call.
  fileprivate static let smallAnswer = 1 << 16

  private static let session = HTTPField.Name("x-poptrain-session") ?? .via
  private static let accelBuffering = HTTPField.Name("x-accel-buffering") ?? .via

  /// What every answer says to the browser.
  private static let fields: [HTTPField] = [
    ("content-security-policy", policy), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
  ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'
    """
}

extension Response {
  init(json bytes: [UInt8], status: HTTPResponse.Status = .ok) {
    self.init(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  fileprivate init(_ refusal: Refusal) {
    self.init(
      json: JSON.object(["error": .object(["message": .text(refusal.message)])]).bytes, status: refusal.status)
    if !refusal.methods.isEmpty { headers[.allow] = refusal.methods.map(\.rawValue).joined(separator: ", ") }
  }

  fileprivate init(_ rows: RowsAnswer) {
    let body = ResponseBody(contentLength: rows.count) { writer in
      if rows.count < Responder.smallAnswer {
        try await writer.write(ByteBuffer(bytes: rows.pieces.joined()))
      } else {
        for piece in rows.pieces { try await writer.write(ByteBuffer(bytes: piece)) }
      }
      try await writer.finish(nil)
    }
    self.init(status: .ok, headers: [.contentType: "application/octet-stream"], body: body)
  }
}
