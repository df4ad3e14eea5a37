internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import PoptrainNetwork
internal import Synchronization

/// A connection on which one side asks, and the other answers. Its calls block.
final class PostgresChannel: Sendable {
  private let channel: any Channel
  private let place: PostgresPlace
  private let firstError: FirstError

  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  init(to place: PostgresPlace) throws(PostgresFailure) {
    self.place = place
    let firstError = FirstError()
    self.firstError = firstError
    let bootstrap = ClientBootstrap(group: PostgresChannel.group).connectTimeout(.seconds(10))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ExchangeHandler(firstError))
        }
      }
    do {
      channel =
        place.isSocket
        ? try bootstrap.connect(unixDomainSocketPath: "\(place.host)/.s.PGSQL.\(place.port)").wait()
        : try bootstrap.connect(host: place.host, port: place.port).wait()
    } catch {
      throw .noAnswer("\(place) was not reached: \(ConnectionFailure(error))")
    }
  }

  deinit { channel.close(promise: nil) }

  /// Sends messages, and waits for the answer.
  ///
  /// - Parameter isLast: whether a message ends the answer. That the server closes the connection ends one with an error.
  func ask(
    _ messages: [PostgresMessage], until isLast: @escaping @Sendable (PostgresMessage) -> Bool
  ) throws(PostgresFailure) -> [PostgresMessage] {
    var bytes = channel.allocator.buffer(capacity: 1024)
    for message in messages { message.write(to: &bytes) }
    return try exchange(bytes, isTLSRequest: false, isLast)
  }

  /// Begins TLS.
  ///
  /// - Returns: false where the server has none.
  func beginTLS() throws(PostgresFailure) -> Bool {
    var bytes = ByteBuffer()
    PostgresMessage(nil, [], number: 80_877_103).write(to: &bytes)
    let answer = try exchange(bytes, isTLSRequest: true) { _ in true }
    guard answer.first?.kind == "S" else { return false }
    do {
      try channel.eventLoop.submit { [channel, place] in
        let handler = try place.security.handler(host: place.host)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
      }.wait()
    } catch {
      throw .refused("\(place): TLS cannot be used: \(error). Check PGSSLROOTCERT")
    }
    return true
  }

  private func exchange(
    _ bytes: ByteBuffer, isTLSRequest: Bool, _ isLast: @escaping @Sendable (PostgresMessage) -> Bool
  ) throws(PostgresFailure) -> [PostgresMessage] {
    let answer = channel.eventLoop.makePromise(of: [PostgresMessage].self)
    let limit = channel.eventLoop.scheduleTask(in: .seconds(20)) { [channel] in
      answer.fail(PostgresFailure.noAnswer("it did not answer for 20 s"))
      channel.close(promise: nil)
    }
    defer { limit.cancel() }
    let exchange = Exchange(bytes: bytes, isTLSRequest: isTLSRequest, isLast: isLast, answer: answer)
    channel.writeAndFlush(exchange).whenFailure { answer.fail($0) }
    do {
      return try answer.futureResult.wait()
    } catch {
      channel.close(promise: nil)
      let failure = ConnectionFailure(firstError.noted ?? error)
      if "\(failure)".contains("failedToValidateHostname") {
        throw .refused("\(place) shows the certificate of another host. Name the host as it is named there")
      }
      if failure.isUntrusted {
        throw .refused(
          """
          \(place): no authority that is trusted has signed its certificate. Set PGSSLROOTCERT to a file with the \
          certificate of the authority that has
          """)
      }
      throw .noAnswer("\(place) gave no answer: \(failure)")
    }
  }
}

/// The first error of a connection. TLS may fail before anybody waits for an answer.
private final class FirstError: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  var noted: (any Error)? { error.withLock { $0 } }

  func note(_ new: any Error) { error.withLock { $0 = $0 ?? new } }
}

/// What is sent, and who waits for the answer.
private struct Exchange: Sendable {
  let bytes: ByteBuffer
  /// Whether a single letter is answered.
  let isTLSRequest: Bool
  let isLast: @Sendable (PostgresMessage) -> Bool
  let answer: EventLoopPromise<[PostgresMessage]>
  var messages: [PostgresMessage] = []
}

/// Collects the messages of answers, on the thread of the network.
private final class ExchangeHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Exchange
  typealias OutboundOut = ByteBuffer

  private let firstError: FirstError
  private var received = ByteBuffer()
  private var exchange: Exchange?

  init(_ firstError: FirstError) { self.firstError = firstError }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let exchange = unwrapOutboundIn(data)
    self.exchange = exchange
    context.write(wrapOutboundOut(exchange.bytes), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    do throws(PostgresFailure) {
      // What is behind the letter was not sent by the server that TLS will vouch for.
      if exchange?.isTLSRequest == true {
        guard received.readableBytes == 1, let letter = received.readInteger(as: UInt8.self), "SN".utf8.contains(letter)
        else { throw .noAnswer("what answers does not speak as PostgreSQL does") }
        return take(PostgresMessage(Character(Unicode.Scalar(letter))))
      }
      while let message = try PostgresMessage(from: &received) { take(message) }
      received.discardReadBytes()
    } catch {
      errorCaught(context: context, error: error)
    }
  }

  private func take(_ message: PostgresMessage) {
    exchange?.messages.append(message)
    guard let exchange, exchange.isLast(message) else { return }
    self.exchange = nil
    exchange.answer.succeed(exchange.messages)
  }

  func channelInactive(context: ChannelHandlerContext) {
    guard let exchange else { return }
    if exchange.messages.last?.kind == "E" {
      exchange.answer.succeed(exchange.messages)
    } else {
      exchange.answer.fail(ChannelError.eof)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    firstError.note(error)
    exchange?.answer.fail(error)
    context.close(promise: nil)
  }
}
