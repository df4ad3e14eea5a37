import PoptrainEngine
import Synchronization

/// News of a run that were not shown yet. Adding never blocks a worker; the reader is woken only if the queue was empty.
final class Unseen: Sendable {
  private let news = Mutex<[Engine.News]>([])
  /// Yields where there is something, and ends.
  let arrivals: AsyncStream<Void>
  private let arrived: AsyncStream<Void>.Continuation

  init() {
    (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func add(_ item: Engine.News) {
    let isFirst = news.withLock { news in
      defer { news.append(item) }
      return news.isEmpty
    }
    if isFirst { arrived.yield() }
  }

  /// Everything that was added since the last call.
  func take() -> [Engine.News] {
    news.withLock { news in
      defer { news = [] }
      return news
    }
  }

  func finish() { arrived.finish() }
}
