internal import PoptrainPages
internal import PoptrainText
internal import PopulationBasedTraining

extension Course {
  /// Each hyperparameter along the lineages of the current models, the best on top.
  var schedules: Figure {
    // A long run has fewer lineages drawn, or the file would be large.
    let longest = max(1, winner.count, lines.count / max(1, members.count))
    let budget = Thinning.points / longest / max(1, hyperparameters.count)
    let current = ranking.filter { lines[$0].isCurrent && !lineage(ofLine: $0).isEmpty }
    let drawn = current.prefix(max(10, min(Thinning.members, budget)))
    let lineages = drawn.reversed().map { (line: $0, stretches: lineage(ofLine: $0)) }
    let colours = colours(of: drawn.compactMap { score(ofLine: $0) })
    let panels = hyperparameters.map { hyperparameter in
      let axis = axis(of: hyperparameter)
      let others = lineages.map { line, stretches in
        let score = score(ofLine: line)
        return Figure.Series(
          name: "member \(lines[line].member)", shape: .steps,
          pen: Pen(score.map(colours.colour) ?? .soft, .fine, drawn.count > 50 ? .light : .full),
          lines: schedule(of: hyperparameter, stretches, axis))
      }
      let best = schedule(of: hyperparameter, winner, axis)
      return Figure.Panel(
        title: hyperparameter.name, x: Axis(to: Double(max(1, greatestAge))), xLabel: "steps of the model", y: axis,
        yLabel: "",
        series: others
          + (best.isEmpty
            ? [] : [Figure.Series(name: Course.winnerName, shape: .steps, pen: Pen(.winner, .bold), lines: best)]))
    }
    let notes = [
      stretches.isEmpty ? "No interval has finished yet." : panels.isEmpty ? "No hyperparameter is searched." : nil,
      drawn.count < current.count ? "The best \(drawn.count) of \(grouped(current.count)) current models." : nil,
    ].compactMap(\.self)
    return Figure(
      name: "schedule", title: "Schedules of the current models",
      note: notes.isEmpty ? nil : notes.joined(separator: " "),
      content: .panels(panels, columns: Course.columns(for: panels.count), height: panels.count > 1 ? 210 : 340),
      legend: [Figure.Key(label: Course.winnerName, shape: .steps, pen: Pen(.winner, .bold))],
      colours: colours, table: scheduleTable)
  }

  /// How many panels stand side by side.
  static func columns(for count: Int) -> Int { count < 2 ? 1 : count < 5 ? 2 : 3 }

  /// The values of a hyperparameter by age, a point for each change.
  private func schedule(of hyperparameter: Hyperparameter, _ lineage: [Int], _ axis: Axis) -> [[Figure.Point]] {
    var points: [Figure.Point] = []
    for index in lineage {
      let stretch = stretches[index]
      guard stretch.ages.count > 1, let value = stretch.hyperparameters[hyperparameter.name],
        let y = place(of: value, on: axis)
      else { continue }
      if points.last?.y != y { points.append(Figure.Point(Double(stretch.ages.lowerBound), y)) }
    }
    guard let last = points.last, let end = lineage.last.map({ stretches[$0].ages.upperBound }) else { return [] }
    return [points + [Figure.Point(Double(end), last.y)]]
  }
}
