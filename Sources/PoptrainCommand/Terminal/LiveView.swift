import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

/// The view of a run that a terminal shows while it goes on.
struct LiveView {
  let scene: Scene
  let width: Int
  let height: Int

  private var experiment: Experiment { scene.experiment }
  private var isLow: Bool { height < 16 }

  /// The lines of the view.
  var lines: [Line] {
    let gap = isLow ? [] : [Line("")]
    let head = [heading] + best + gap
    let families = isLow ? [] : familyLines(scene.families, room: max(2, min(6, height / 8)))
    let tail = families.isEmpty ? [] : gap + families
    let ranked = scene.ranked
    // One is the header of the table.
    let room = max(2, height - head.count - tail.count - 1)
    let shown = ranked.count > room ? Array(ranked.prefix(room - 1)) : ranked
    return head + MemberTable(scene, shown, families: scene.families).lines(width: width)
      + rest(ranked.dropFirst(shown.count)) + tail
  }

  // MARK: Heading

  private var heading: Line {
    let name = experiment.name.cut(to: max(8, width / 3))
    let percent = Span(scene.share, .bold)
    var parts: [(span: Span, rank: Int)] = [(percent, 0)]
    switch scene.state {
    case .stopped?: parts.append((Span("stopped", .yellow), 0))
    case .finished?: parts.append((Span("finished", .green), 0))
    case .running?, nil: break
    }
    parts.append((Span(counted(scene.trail.intervals, "interval")), 3))
    parts.append((Span(counted(scene.trail.copies, "copy")), 2))
    if scene.failures > 0 { parts.append((Span(counted(scene.failures, "failure"), .red), 1)) }
    if let left = scene.secondsLeft, scene.state != .finished, scene.state != .stopped {
      parts.append((Span("\(spoken(.seconds(left))) left"), 0))
    }
    let least = 10
    func needed() -> Int { name.columns + 2 + least + 2 + parts.reduce(-3) { $0 + $1.span.text.columns + 3 } }
    while needed() > width, let next = parts.indices.max(by: { parts[$0].rank < parts[$1].rank }), parts[next].rank > 0
    {
      parts.remove(at: next)
    }
    let barWidth = min(40, max(least, least + width - needed()))
    let full = Int(scene.fraction * Double(barWidth))
    let separated = parts.map(\.span).enumerated().flatMap { $0 == 0 ? [$1] : [Span(" · ", .dim), $1] }
    return Line(
      [
        Span(name, .bold), Span("  "), Span(String(repeating: "━", count: full), .green),
        Span(String(repeating: "╌", count: barWidth - full), .dim), Span("  "),
      ] + separated)
  }

  private var best: [Line] {
    guard let best = scene.population.best else { return [] }
    let metric = experiment.rules.metric(ofScore: best.published.score)
    return [
      Line([
        Span("best \(experiment.metric) "), Span(short(metric), .bold, .green),
        Span(", member \(best.member) at age \(grouped(best.published.age))"),
      ])
    ]
  }

  // MARK: Below the table

  /// The members that there is no room for.
  private func rest(_ members: ArraySlice<Member>) -> [Line] {
    guard !members.isEmpty else { return [] }
    let states = Dictionary(grouping: members, by: \.state.word).mapValues(\.count)
    let counts = states.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(grouped($0.value)) \($0.key)" }
    let scores = members.compactMap { scene.score(of: $0)?.value }.map(experiment.rules.metric(ofScore:))
    let range = scores.first.flatMap { first in scores.last.map { "\(short(first)) to \(short($0))" } }
    let parts = counts + [range].compactMap { $0 }
    return [Line([Span("… \(grouped(members.count)) more: \(parts.joined(separator: ", "))", .dim)])]
  }

  /// Whose descendants the members are: a line for each founder, and one for those that there is no room for.
  private func familyLines(_ families: [Scene.Family], room: Int) -> [Line] {
    guard families.contains(where: { $0.members.count > 1 }) else { return [] }
    let all = families.reduce(0) { $0 + $1.members.count }
    let barWidth = max(6, min(24, width / 4))
    let isFull = families.count > room
    var lines = families.prefix(isFull ? room - 1 : room).enumerated().map { index, family in
      let length = max(1, family.members.count * barWidth / all)
      let members = family.members.map(String.init).joined(separator: " ")
      return Line([
        Span("\(family.founder.member)".padded(to: 6, atRight: true), .bold), Span("  "),
        Span(String(repeating: "━", count: length), MemberTable.paint(ofFamily: index)),
        Span(" \(family.members.count) of \(all)  "), Span(members, .dim),
      ]).cut(to: width)
    }
    if isFull {
      let others = families.dropFirst(room - 1)
      let members = others.reduce(0) { $0 + $1.members.count }
      let text = "… \(grouped(others.count)) more, with \(counted(members, "member"))"
      lines.append(Line([Span(text, .dim)]))
    }
    return [Line([Span("founder  descendants now", .dim)])] + lines
  }
}

extension Member.State {
  /// What people call it.
  var word: String {
    switch self {
    case .leased: "training"
    case .ready, .due: "waiting"
    case .done, .failed, .retired: rawValue
    }
  }

  /// How it stands out.
  var paint: [Paint] {
    switch self {
    case .leased: [.cyan]
    case .done: [.green]
    case .failed: [.red]
    case .ready, .due, .retired: []
    }
  }
}
