import Foundation
import PoptrainFigures
import PoptrainJSON
import PopulationBasedTraining
import Testing

/// The traces of a specification by their names.
private func traces(_ figure: Figure) throws -> [(name: String, trace: JSON)] {
  let data = try #require(figure.plotly["data"]?.array)
  return data.compactMap { trace in trace["name"]?.text.map { ($0, trace) } }
}

private func numbers(_ trace: JSON?, _ name: String) -> [Double?] {
  trace?[name]?.array?.map(\.double) ?? []
}

@Suite struct FiguresTests {
  @Test func `Curves have a line for each member and one for the best lineage, in values and in the picture`() throws {
    let figure = Story.ofACopy().course(best: 1).figure(.curves)
    let traces = try traces(figure)
    #expect(traces.map(\.name) == ["member 0", "member 1", "lineage of the best model", "copied here"])
    #expect(numbers(traces[0].trace, "x") == [10, 20, 30] && numbers(traces[0].trace, "y") == [1, 2, 2.5])
    // Its own line, and after a gap the copy, which begins where the copied model was.
    #expect(numbers(traces[1].trace, "x") == [10, 20, nil, 20, 30])
    #expect(numbers(traces[1].trace, "y") == [0.5, 0.75, nil, 2, 3])
    #expect(numbers(traces[2].trace, "y") == [1, 2, 3])
    #expect(numbers(traces[3].trace, "x") == [20] && numbers(traces[3].trace, "y") == [2])

    let picture = Markup(figure.svg)
    #expect(picture.isWellFormed)
    // The lines of the figure, and the key of each in the legend.
    #expect(picture.paths("member").map(\.lines.count) == [1, 1, 2])
    let best = picture.paths("winner").filter { $0.classes.contains("bold") }.map(\.lines)
    #expect(best.last?.first?.count == 3)
    // Higher is further up, later further right.
    let points = try #require(best.last?.first)
    #expect(points[0][0] < points[1][0] && points[0][1] > points[1][1])
    #expect(picture.texts.contains("steps of the model") && picture.texts.contains("value (higher is better)"))
  }

  @Test func `The founders' shares add up at all times, and the survivor has all in the end`() throws {
    let traces = try traces(Story.ofACopy().course(best: 1).figure(.founders))
    #expect(traces.map(\.name) == ["member 0", "member 1"])
    // An outline: from left to right below, and back above.
    let survivor = zip(numbers(traces[0].trace, "x"), numbers(traces[0].trace, "y")).compactMap { x, y in
      x.flatMap { x in y.map { (x, $0) } }
    }
    #expect(survivor.first.map { $0 == (0, 0) } == true)
    #expect(survivor.contains { $0 == (0, 50) } && survivor.contains { $0 == (30, 100) })
    #expect(survivor.contains { $0 == (20, 100) } && survivor.contains { $0 == (20, 50) })
    #expect(numbers(traces[1].trace, "y").compactMap(\.self).max() == 100)
  }

  @Test func `Lanes are as long as the members trained, branches lead from donor to copy, extinct lines are faint`()
    throws
  {
    let figure = Story.ofACopy().course(best: 1).figure(.lineage)
    let traces = try traces(figure)
    let lanes = traces.filter { ["lines that live", "extinct lines"].contains($0.name) }
    let ends = lanes.flatMap { numbers($0.trace, "x").compactMap(\.self) }
    #expect(ends.count == 12 && ends.max() == 30 && ends.min() == 0)
    let extinct = lanes.filter { $0.name == "extinct lines" }
    // Both intervals of member 1 before it was replaced.
    #expect(extinct.flatMap { numbers($0.trace, "x").compactMap(\.self) }.sorted() == [0, 10, 10, 20])
    let copies = try #require(traces.first { $0.name == "copies" }?.trace)
    #expect(numbers(copies, "x") == [20, 20] && Set(numbers(copies, "y")) == [0, 1])
    let winner = try #require(traces.first { $0.name == "lineage of the best model" }?.trace)
    #expect(numbers(winner, "x") == [0, 10, 10, 20, 20, 30])
    #expect(extinct.first?.trace["text"]?.array?.first?.text == "member 1, steps 0 to 10, value 0.5")
    #expect(!Markup(figure.svg).paths("faint").isEmpty)
  }

  @Test func `A schedule is a step for each change along the lineage, on a logarithmic axis where the range is`() throws
  {
    let figure = Story.ofACopy().course(best: 1).figure(.schedule)
    let traces = try traces(figure)
    #expect(traces.map(\.name) == ["member 0", "member 1", "lineage of the best model"])
    let best = try #require(traces.last?.trace)
    #expect(numbers(best, "x") == [0, 20, 30] && numbers(best, "y") == [0.1, 0.2, 0.2])
    #expect(best["line"]?["shape"]?.text == "hv")
    #expect(figure.plotly["layout"]?["yaxis"]?["type"]?.text == "log")
    #expect(figure.plotly["layout"]?["xaxis"]?["type"]?.text == "linear")
  }

  @Test func `Dots of the scatter plot are the intervals that have a score`() throws {
    let traces = try traces(Story.ofACopy().course(best: 1).figure(.scatter))
    let dots = traces.filter { $0.name == "intervals" }.flatMap {
      zip(numbers($0.trace, "x"), numbers($0.trace, "y")).map { [$0, $1] }
    }
    #expect(Set(dots) == [[0.1, 1], [0.01, 0.5], [0.1, 2], [0.01, 0.75], [0.1, 2.5], [0.2, 3]])
    #expect(dots.count == 6)
  }

  @Test
  func `Parallel coordinates have an axis for each hyperparameter and the score, in logarithms where the range is`()
    throws
  {
    let figure = Story.ofACopy().course(best: 1).figure(.parallel)
    let trace = try #require(figure.plotly["data"]?.array?.first)
    let dimensions = try #require(trace["dimensions"]?.array)
    #expect(dimensions.map { $0["label"]?.text } == ["rate", "value"])
    // One for each model that there was; the best comes last.
    #expect(numbers(dimensions[1], "values") == [0.75, 2.5, 3])
    let rates = numbers(dimensions[0], "values").compactMap(\.self)
    #expect(zip(rates, [-2, -1, log10(0.2)]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(dimensions[0]["ticktext"]?.array?.contains(.text("0.1")) == true)
    #expect(Markup(figure.svg).paths("winner").last?.lines.first?.count == 2)
  }
}
