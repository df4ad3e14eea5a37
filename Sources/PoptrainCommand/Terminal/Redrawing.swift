import UnixSignals

/// Does something, and has a view drawn meanwhile: four times a second, and at once where the terminal gets another size or
/// the process continues after it was suspended.
func redrawing<Answer>(
  _ draw: @escaping @Sendable (_ isContinued: Bool) async -> Void, while body: () async -> Answer
) async -> Answer {
  let ticking = Task {
    while !Task.isCancelled {
      await draw(false)
      try? await Task.sleep(for: .milliseconds(250))
    }
  }
  let signals = await UnixSignalsSequence(trapping: .sigwinch, .sigcont)
  let listening = Task {
    for await signal in signals { await draw(signal == .sigcont) }
  }
  let answer = await body()
  for task in [ticking, listening] {
    task.cancel()
    await task.value
  }
  return answer
}
