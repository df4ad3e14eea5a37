import PoptrainEngine
import Synchronization

/// What has happened in a run and was not shown yet. Workers are never held up by it: they add, and only where everything was
/// shown is somebody to be woken.
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
