import Dispatch
import Synchronization
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

@Suite("A signal of changes")
struct ChangeSignalTests {
  /// Runs what it is given in that order.
  private final class Queue: TaskExecutor {
    private let queue = DispatchQueue(label: "test")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { @Sendable in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  private final class Woken: Sendable {
    let all = Mutex<[Int]>([])
  }

  @Test("wakes in the order in which they came, so that a simulation replays exactly")
  func order() async {
    let signal = ChangeSignal()
    let woken = Woken()
    let queue = Queue()
    await withTaskExecutorPreference(queue) {
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<30 {
          group.addTask {
            await signal.wait(after: 0)
            woken.all.withLock { $0.append(index) }
          }
        }
        group.addTask { signal.advance(to: 1) }
      }
    }
    #expect(woken.all.withLock { $0 } == Array(0..<30))
  }
}
