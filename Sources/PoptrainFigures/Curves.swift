internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PoptrainText

extension Course {
  /// The score of every member against the steps of its model.
  var curves: Figure {
    let isLarge = members.count > Thinning.members
    let width = Double(max(1, greatestAge))
    let winners = winnerLine
    let all = stretches.flatMap { [$0.score].compactMap(\.self) + $0.evaluations.map(\.value) }
    let (axis, outside) = Course.scoreAxis(all, keeping: winners.map(\.y).suffix(max(1, winners.count * 9 / 10)))
    let others = isLarge ? bands(width) : memberSeries(width)
    let winner =
      winners.isEmpty
      ? []
      : [
        Figure.Series(name: Course.winnerName, shape: .lines, pen: Pen(.winner, .bold), lines: [winners]),
        Figure.Series(name: Course.copyName, shape: .points, pen: Pen(.winner, .large), lines: [copiesOfWinner]),
      ].filter { !($0.lines.first?.isEmpty ?? true) }
    var notes: [String] = []
    if stretches.isEmpty { notes.append("No interval has finished yet.") }
    if isLarge {
      notes.append(
        "\(grouped(members.count)) members as bands, from percentile to percentile of their scores; "
          + "the winner's lineage is exact.")
    }
    if outside > 0 { notes.append("\(counted(outside, "score")) outside the scale.") }
    return Figure(
      name: "curves", title: "\(experiment.metric) of every member",
      note: notes.isEmpty ? nil : notes.joined(separator: " "),
      content: .panels(
        [
          Figure.Panel(
            x: Axis(to: width), xLabel: "steps of the model", y: axis, yLabel: metricLabel, series: others + winner)
        ], columns: 1, height: 380),
      legend: winner.map { Figure.Key(label: $0.name, shape: $0.shape, pen: $0.pen) }
        + (isLarge
          ? others.map { Figure.Key(label: $0.name, shape: $0.shape, pen: $0.pen) }
          : [Figure.Key(label: "other members", shape: .lines, pen: Course.memberPen)]),
      colours: nil, table: membersTable)
  }

  static let winnerName = "lineage of the best model"
  static let copyName = "copied here"
  private static let memberPen = Pen(.member, .fine, .light)

  /// The scores along the lineage of the best model.
  private var winnerLine: [Figure.Point] { winner.flatMap { scores(of: $0) } }

  /// Where the lineage of the best model goes from one member to another.
  private var copiesOfWinner: [Figure.Point] {
    zip(winner, winner.dropFirst()).compactMap { before, after in
      guard stretches[before].member != stretches[after].member, let score = stretches[before].score else { return nil }
      let tip = "member \(stretches[after].member) copied member \(stretches[before].member)"
      return Figure.Point(Double(stretches[before].ages.upperBound), score, tip: tip)
    }
  }

  /// What was measured in a stretch, by age.
  private func scores(of stretch: Int) -> [Figure.Point] {
    let stretch = stretches[stretch]
    let logged = stretch.evaluations.filter { $0.age < stretch.ages.upperBound || stretch.score == nil }
    return logged.map { Figure.Point(Double($0.age), $0.value) }
      + (stretch.score.map { [Figure.Point(Double(stretch.ages.upperBound), $0)] } ?? [])
  }

  /// A line for each member, with a gap before each copy; a copy begins where the copied model was.
  private func memberSeries(_ width: Double) -> [Figure.Series] {
    let columns = max(20, min(600, Thinning.points / 4 / max(1, members.count)))
    return Dictionary(grouping: lines.indices, by: { lines[$0].member }).sorted { $0.key < $1.key }.map { member, own in
      let drawn = own.map { index -> [Figure.Point] in
        let line = lines[index]
        let origin = line.parent.map { Array(scores(of: $0).suffix(1)) } ?? []
        return Thinning.thinned(origin + line.stretches.flatMap { scores(of: $0) }, columns: columns, width: width)
      }
      return Figure.Series(
        name: "member \(member)", shape: .lines, pen: Course.memberPen, lines: drawn.filter { !$0.isEmpty })
    }
  }

  /// Where the scores of a large population lie.
  private func bands(_ width: Double) -> [Figure.Series] {
    let columns = 150.0
    var scores: [Int: [Double]] = [:]
    var ages: [Int: Int] = [:]
    for stretch in stretches {
      guard let score = stretch.score else { continue }
      let column = Int(Double(stretch.ages.upperBound) / width * columns)
      scores[column, default: []].append(score)
      ages[column] = max(ages[column, default: 0], stretch.ages.upperBound)
    }
    let sorted = scores.sorted { $0.key < $1.key }.map { (age: Double(ages[$0.key, default: 0]), $0.value.sorted()) }
    func line(_ share: Double) -> [Figure.Point] {
      sorted.map { Figure.Point($0.age, Thinning.quantile(share, of: $0.1)) }
    }
    func band(_ name: String, _ low: Double, _ high: Double, _ strength: Pen.Strength) -> Figure.Series {
      let outline = line(low) + line(high).reversed()
      return Figure.Series(
        name: name, shape: .areas, pen: Pen(.member, .fine, strength), lines: outline.isEmpty ? [] : [outline])
    }
    return [
      band("all members", 0, 1, .faint), band("5 % to 95 %", 0.05, 0.95, .faint),
      band("25 % to 75 %", 0.25, 0.75, .light),
      Figure.Series(name: "median", shape: .lines, pen: Pen(.ink, .fine), lines: sorted.isEmpty ? [] : [line(0.5)]),
    ]
  }
}
