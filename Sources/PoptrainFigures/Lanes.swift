internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PoptrainText
internal import PopulationBasedTraining

extension Course {
  /// Members as lanes, copies as branches, extinct lines faded: the figure that the authors of the method drew.
  var lanes: Figure {
    let shown = Set(winner.map { stretches[$0].member } + ranking.prefix(Course.mostLanes).map { lines[$0].member })
    let order = laneOrder.filter(shown.contains)
    let lane = Dictionary(order.enumerated().map { ($1, Double($0)) }) { first, _ in first }
    let colours = colours(of: stretches.compactMap(\.score))
    let names = order.map { "\($0)" }

    var drawn: [Pen: [[Figure.Point]]] = [:]
    for (index, stretch) in stretches.enumerated() {
      guard let y = lane[stretch.member], stretch.steps.count > 1 else { continue }
      let colour = stretch.score.map(colours.colour) ?? .soft
      let said = stretch.score.map { "\(experiment.metric) \(Course.short($0))" } ?? "no score"
      let tip = "member \(stretch.member), steps \(stretch.steps.lowerBound) to \(stretch.steps.upperBound), \(said)"
      drawn[Pen(colour, .lane, isLiving[index] ? .full : .faint), default: []].append([
        Figure.Point(Double(stretch.steps.lowerBound), y, tip: tip),
        Figure.Point(Double(stretch.steps.upperBound), y, tip: tip),
      ])
    }
    var copies: [Bool: [[Figure.Point]]] = [:]
    var starts: [Figure.Point] = []
    for line in lines {
      guard let y = lane[line.member] else { continue }
      guard let parent = line.parent else {
        starts.append(Figure.Point(Double(line.startSteps), y))
        continue
      }
      guard let from = lane[stretches[parent].member] else { continue }
      let lives = line.isCurrent || line.stretches.contains { isLiving[$0] }
      copies[lives, default: []].append([
        Figure.Point(Double(stretches[parent].steps.upperBound), from),
        Figure.Point(Double(line.startSteps), y),
      ])
    }
    let living = drawn.keys.sorted { ($0.strength.rawValue, $0.colour.name) < ($1.strength.rawValue, $1.colour.name) }
    let lanes = living.map { pen in
      Figure.Series(
        name: pen.strength == .full ? "lines that live" : "extinct lines", shape: .lines, pen: pen,
        lines: drawn[pen] ?? [])
    }
    let series: [Figure.Series] =
      [
        series("copies without descendants", .lines, Pen(.soft, .hair, .light), copies[false] ?? []),
        series("copies", .lines, Pen(.ink, .fine, .light), copies[true] ?? []),
        series(Course.winnerName, .lines, Pen(.winner, .halo), winnerPath(lane)),
      ].compactMap(\.self) + lanes
      + [
        series("began fresh", .points, Pen(.ink, .dot), starts.isEmpty ? [] : [starts]),
        series("best model", .points, Pen(.winner, .large), bestPlace(lane)),
      ].compactMap(\.self)
    let hidden = members.count - order.count
    return Figure(
      name: "lineage", title: "Who was copied by whom",
      note: ([
        stretches.isEmpty
          ? "No interval has finished yet."
          : "A lane is a member; a line between lanes is a copy. Lines without descendants are faded."
      ]
        + (hidden > 0 ? ["The best \(order.count) of \(grouped(members.count)) members."] : [])).joined(separator: " "),
      content: .panels(
        [
          Figure.Panel(
            x: Axis(to: Double(max(1, mostSteps))), xLabel: "steps of the member", y: Axis(names: names),
            yLabel: "member", series: series)
        ], columns: 1, height: 70 + max(90, Double(order.count) * (order.count > 40 ? 8 : 15))),
      legend: series.filter { [Course.winnerName, "copies"].contains($0.name) }.map {
        Figure.Key(label: $0.name, shape: .lines, pen: $0.pen)
      }, colours: colours, table: copiesTable)
  }

  /// Above so many members, only the lanes of the best are drawn.
  private static let mostLanes = 100

  private func series(_ name: String, _ shape: Figure.Series.Shape, _ pen: Pen, _ lines: [[Figure.Point]])
    -> Figure.Series?
  {
    lines.isEmpty ? nil : Figure.Series(name: name, shape: shape, pen: pen, lines: lines)
  }

  /// The lineage of the best model over the lanes.
  private func winnerPath(_ lane: [Member.ID: Double]) -> [[Figure.Point]] {
    let points = winner.flatMap { index -> [Figure.Point] in
      let stretch = stretches[index]
      guard let y = lane[stretch.member] else { return [] }
      return [Figure.Point(Double(stretch.steps.lowerBound), y), Figure.Point(Double(stretch.steps.upperBound), y)]
    }
    return points.isEmpty ? [] : [points]
  }

  private func bestPlace(_ lane: [Member.ID: Double]) -> [[Figure.Point]] {
    guard let last = winner.last, let y = lane[stretches[last].member] else { return [] }
    let said = stretches[last].score.map { ", \(experiment.metric) \(Course.short($0))" } ?? ""
    return [[Figure.Point(Double(stretches[last].steps.upperBound), y, tip: "the best model\(said)")]]
  }

  /// The members so that relatives are neighbours: each after those that it was copied from, and the last copy of a line
  /// next to it, so that branches cross few lanes.
  private var laneOrder: [Member.ID] {
    var children: [Int: [Int]] = [:]
    var founders: [Int] = []
    for (index, line) in lines.enumerated() {
      if let parent = line.parent {
        children[stretches[parent].line, default: []].append(index)
      } else {
        founders.append(index)
      }
    }
    var living = lines.map { $0.isCurrent ? 1 : 0 }
    for index in lines.indices.reversed() {
      if let parent = lines[index].parent { living[stretches[parent].line] += living[index] }
    }
    let last = Dictionary(lastLines.map { ($0.line, $0.member) }) { first, _ in first }
    var order: [Member.ID] = []
    // From the end: what is first in the figure is pushed last.
    var open = founders.sorted { (living[$0], $1) < (living[$1], $0) }
    while let line = open.popLast() {
      if let member = last[line] { order.append(member) }
      open += children[line] ?? []
    }
    // The scale of a figure grows upwards.
    return order.reversed()
  }
}
