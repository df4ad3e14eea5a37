internal import PoptrainPages
internal import Foundation
internal import PopulationBasedTraining

extension ComparisonPage {
  /// Pairs of runs with one seed, a panel for each alternative, all on one scale.
  var pairPanels: String {
    let axis = Axis(around: comparison.results.compactMap(\.value))
    let panels = comparison.rows.enumerated().dropFirst().map { index, row in
      """
      <figure class="panel">
      \(pairPanel(row, index, axis).markup)
      <figcaption>\(row.pairs.map { "\($0.wins) better, \($0.ties) equal, \($0.losses) worse" } ?? "no pairs")</figcaption>
      </figure>
      """
    }
    return "<div class=\"panels\">\n\(panels.joined(separator: "\n"))\n</div>"
  }

  private func pairPanel(_ row: Comparison.Row, _ index: Int, _ axis: Axis) -> Drawing {
    let name = row.alternative.name
    var drawing = Drawing(
      "pairs-\(index)", width: 300, height: 300, title: "baseline and \(name), seed by seed",
      description: comparison.sentence(row))
    let area = Area(left: 66, right: 290, top: 14, bottom: 264)
    let (left, right) = (area.left + 56, area.right - 40)
    drawing.scale(axis, area, isVertical: true)
    drawing.text(left, 284, "baseline", anchor: "middle")
    drawing.text(area.right, 284, name, anchor: "end")
    let base = Dictionary(comparison.baseline.results.map { ($0.seed, $0) }) { first, _ in first }
    for result in row.results {
      guard let value = result.value, let other = base[result.seed]?.value else { continue }
      let isMore = value > other
      let style = value == other ? "even" : isMore == (reported.mode == .max) ? "better" : "worse"
      let (from, to) = (area.y(axis, other), area.y(axis, value))
      let tip = "seed \(result.seed): baseline \(digits.text(other)), \(name) \(digits.text(value))"
      drawing.line(left, from, right, to, "pair \(style)", tip: tip)
      drawing.dot(left, from, "fill c0", tip: tip)
      drawing.dot(right, to, "fill \(colour(index))", tip: tip)
    }
    for (values, x, style) in [(comparison.baseline.values, left - 22, "c0"), (row.values, right + 22, colour(index))] {
      guard let values else { continue }
      let y = area.y(axis, values.mean)
      drawing.line(x - 9, y, x + 9, y, "mean \(style)", tip: "mean \(digits.text(values.mean))")
    }
    return drawing
  }

  /// The best so far by the steps of the population: the median over seeds, and from the least to the greatest.
  var curves: String {
    let count = 160
    let total = Double(max(1, comparison.results.map(\.steps).max() ?? 0, comparison.plan.stepsPerRun))
    let grid = (0...count).map { total * Double($0) / Double(count) }
    let bands = comparison.rows.map { row in
      let runs = row.results.filter { $0.value != nil }.map(\.curve)
      return grid.compactMap { steps -> Band? in
        let values = runs.compactMap { curve in curve.last { Double($0.steps) <= steps }?.value }
        guard !runs.isEmpty, values.count == runs.count, let sample = Sample(values) else { return nil }
        return Band(steps: steps, low: values.min() ?? 0, middle: sample.median, high: values.max() ?? 0)
      }
    }
    // The beginning would make all that matters flat; what of it is outside the scale is not seen.
    let settled = bands.joined().filter { $0.steps >= 0.1 * total }
    let axis = Axis(around: settled.flatMap { [$0.low, $0.high] })
    let across = Axis(to: total)
    let ends = zip(comparison.rows, bands).compactMap { row, band in
      band.last.map { "\(row.alternative.name) ends at a median of \(digits.text($0.middle))" }
    }
    var drawing = Drawing(
      "curves", width: 720, height: 400, title: "The best \(reported.name) so far",
      description: ends.joined(separator: "; "))
    let area = Area(left: 84, right: 700, top: 14, bottom: 330)
    drawing.scale(axis, area, isVertical: true)
    drawing.scale(across, area, isVertical: false)
    drawing.text((area.left + area.right) / 2, 388, "steps that the population has trained", anchor: "middle")
    func stairs(_ band: [Band], _ value: (Band) -> Double) -> [(x: Double, y: Double)] {
      band.indices.flatMap { index in
        let x = area.x(across, band[index].steps)
        let before = index > 0 ? [(x: x, y: area.y(axis, value(band[index - 1])))] : []
        return before + [(x: x, y: area.y(axis, value(band[index])))]
      }
    }
    drawing.clip(area.left, area.top, area.right - area.left, area.bottom - area.top) { drawing in
      for (index, band) in bands.enumerated() where !band.isEmpty {
        drawing.path(
          stairs(band, \.high) + stairs(band, \.low).reversed(), isClosed: true, "band \(colour(index))")
      }
      for (index, band) in bands.enumerated().reversed() where !band.isEmpty {
        drawing.path(stairs(band, \.middle), "curve \(colour(index)) d\(index % 4)")
      }
    }
    return "<figure>\n\(drawing.markup)\n\(legend)\n</figure>"
  }

  /// What is known of the curves at one number of steps.
  private struct Band {
    var steps: Double
    var low: Double
    var middle: Double
    var high: Double
  }

  private var legend: String {
    let items = comparison.rows.enumerated().map { index, row in
      """
      <li><svg class="key" viewBox="0 0 34 10" aria-hidden="true">\
      <line x1="0" y1="5" x2="34" y2="5" class="curve \(colour(index)) d\(index % 4)"/></svg> \
      \(escaped(row.alternative.name))</li>
      """
    }
    return "<ul class=\"legend\">\n\(items.joined(separator: "\n"))\n</ul>"
  }

  /// The best and the median member of every run, a line for each alternative.
  var members: String {
    let axis = Axis(around: comparison.results.flatMap { [$0.value, $0.medianMember].compactMap { $0 } })
    let rows = comparison.rows
    let height = 40 + 58 * Double(rows.count)
    var drawing = Drawing(
      "members", width: 720, height: height + 24, title: "The best checkpoint and the median member of every run",
      description: rows.compactMap { row in
        guard let best = row.values?.mean else { return nil }
        let median = row.medianMembers.map { ", median member \(digits.text($0.mean))" } ?? ""
        return "\(row.alternative.name): best \(digits.text(best))\(median) on average"
      }.joined(separator: "; "))
    let area = Area(left: 20, right: 700, top: 8, bottom: height - 14)
    drawing.scale(axis, area, isVertical: false)
    for (index, row) in rows.enumerated() {
      let y = 44 + 58 * Double(index)
      drawing.text(area.left, y - 16, row.alternative.name, "name")
      drawing.line(area.left, y, area.right, y, "rule")
      for result in row.results {
        let run = "\(row.alternative.name), seed \(result.seed)"
        if let median = result.medianMember, result.value != nil {
          let tip = "\(run): median member \(digits.text(median))"
          drawing.dot(area.x(axis, median), y + 7, radius: 5, "ring \(colour(index))", tip: tip)
        }
        if let value = result.value {
          drawing.dot(
            area.x(axis, value), y - 6, radius: 5, "fill \(colour(index))", tip: "\(run): best \(digits.text(value))")
        }
      }
    }
    return "<figure>\n\(drawing.markup)\n</figure>"
  }

  private func colour(_ index: Int) -> String { "c\(index % 8)" }
}
