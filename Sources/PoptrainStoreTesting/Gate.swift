/// Opens once, for all who wait.
package struct Gate: Sendable {
  private let stream: AsyncStream<Never>
  private let opening: AsyncStream<Never>.Continuation

  package init() { (stream, opening) = AsyncStream.makeStream() }

  package func open() { opening.finish() }
  package func pass() async { for await _ in stream {} }
}
