import PoptrainFigures
import PoptrainJSON
import PoptrainPages
import PopulationBasedTraining
import Testing

/// Whatever a run is like, its figures are well-formed and name nothing that they do not show.
@Suite struct UnusualRunTests {
  private static let hostile = "</text><script>alert(1)</script>&amp; \"'\u{1B}[31m ]]> <!-- 🌊"

  private static func stories() -> [(what: String, course: Course)] {
    var one = Story(size: 1)
    one.join(0)
    one.train(0, score: 1)

    var joined = Story()
    joined.join(0)
    joined.join(1)

    var diverged = Story()
    diverged.join(0)
    diverged.join(1, ["rate": .number(0.3)])
    diverged.train(0, score: nil)
    diverged.train(1, score: .infinity)

    var logged = Story()
    logged.join(0)
    let evaluations = [
      Evaluation(age: 5, metrics: ["value": 0.5]), Evaluation(age: 8, metrics: ["value": .nan, "other": 1]),
    ]
    logged.train(0, score: nil, evaluations: evaluations, outcome: .unscored)
    logged.train(0, score: 1, isEvaluation: true)

    var mixed = Story([
      Hyperparameter("kind", .choice([.text(hostile), .text("b"), .integer(1), .boolean(true)])),
      Hyperparameter("layers", .integer(1, 64)), Hyperparameter("one", .fixed(.number(1))),
      Hyperparameter(hostile, .uniform(-1, 1)),
    ])
    mixed.join(0, ["kind": .text(hostile), "layers": .integer(1), "one": .number(1), hostile: .number(0)])
    mixed.join(1, ["kind": .boolean(true), "layers": .integer(64), "one": .number(1), hostile: .number(-1)])
    mixed.train(0, score: 1)
    mixed.train(1, score: -1e299)
    mixed.copy(0, from: 1)
    mixed.leave(1)

    var huge = Story()
    huge.join(0)
    for score: Double in [1e299, -1e299, 1e299, .leastNonzeroMagnitude, 0] { huge.train(0, score: score) }

    return [
      ("empty", Story().course()), ("joined", joined.course()), ("one", one.course(best: 0)),
      ("diverged", diverged.course()), ("logged", logged.course()),
      ("mixed", mixed.course(best: 1, name: hostile, metric: hostile)), ("huge", huge.course(best: 0)),
      ("no hyperparameters", Story([]).course()),
    ]
  }

  @Test(arguments: FigureKind.allCases)
  func `Every figure of every run can be read in all formats`(kind: FigureKind) throws {
    for (what, course) in UnusualRunTests.stories() {
      let figure = course.figure(kind)
      let picture = Markup(figure.svg)
      #expect(picture.isWellFormed, "\(what): \(figure.svg)")
      #expect(picture.all("script").isEmpty && Set(picture.ids).count == picture.ids.count)
      #expect(picture.texts.contains { !$0.isEmpty })
      #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf\""), "\(what)")
      let page = figure.html(of: UnusualRunTests.hostile, version: "1.2.3")
      #expect(Markup(page).isWellFormed && Markup(page).all("script").isEmpty, "\(what): \(page)")
      #expect(!page.contains(#/https?:|src=|@import|url\((?!#)/#))
      let specification = try JSON.parse(figure.plotly.description)
      #expect(specification.members?.map(\.name) == ["data", "layout"])
      #expect(!specification.description.contains("\"NaN\"") && !specification.description.contains("<script"))
    }
  }

  @Test func `What was logged on the way is a part of the curve, and what is no number a gap`() throws {
    let course = try #require(UnusualRunTests.stories().first { $0.what == "logged" }).course
    let curve = try #require(course.figure(.curves).plotly["data"]?.array?.first)
    #expect(curve["x"] == .array([.integer(5), .integer(10)]) && curve["y"] == .array([.number(0.5), .integer(1)]))
  }

  @Test func `Choices are names on an axis, in the order of the experiment`() throws {
    let course = try #require(UnusualRunTests.stories().first { $0.what == "mixed" }).course
    #expect(course.hyperparameters.map(\.name).prefix(2) == ["kind", "layers"] && course.hyperparameters.count == 3)
    let layout = try #require(course.figure(.scatter).plotly["layout"])
    #expect(layout["xaxis"]?["ticktext"]?.array?.dropFirst() == [.text("b"), .text("1"), .text("true")])
    #expect(layout["xaxis3"]?["type"]?.text == "linear")
  }

  @Test func `Of a large run little is drawn, and the winner exactly`() throws {
    let course = Story.large(members: 2000, intervals: 6).course(best: 7)
    for kind in FigureKind.allCases {
      let figure = course.figure(kind)
      #expect(figure.svg.utf8.count < 400_000 && figure.plotly.description.utf8.count < 1_000_000, "\(kind)")
    }
    let curves = course.figure(.curves)
    let names = try #require(curves.plotly["data"]?.array).compactMap { $0["name"]?.text }
    #expect(
      names == ["all members", "5 % to 95 %", "25 % to 75 %", "median", "lineage of the best model", "copied here"])
    #expect(curves.note?.hasPrefix("2,000 members as bands") == true)
    let winner = try #require(curves.plotly["data"]?.array?[4])
    #expect(winner["x"]?.array == (1...6).map { .integer(10 * $0) })
    let bands = try #require(curves.plotly["data"]?.array?.first?["y"]?.array).compactMap(\.double)
    #expect(bands.min().map { 1..<1.1 ~= $0 } == true && bands.max().map { 6.9..<7 ~= $0 } == true)
  }

  @Test func `In sentences of a page, what is to be typed is code`() {
    let list = Page.list(["Use a `score` & a <b>.", "Use `--steps` or `<i>`."])
    #expect(list.contains("<li>Use a <code>score</code> &amp; a &lt;b&gt;.</li>"))
    #expect(list.contains("<li>Use <code>--steps</code> or <code>&lt;i&gt;</code>.</li>"))
  }

  @Test func `A long line is thinned to its extremes`() throws {
    var story = Story(size: 1)
    story.join(0)
    for index in 0..<20_000 { story.train(0, steps: 1, score: index == 12_345 ? 9 : Double(index % 7)) }
    let curves = story.course(best: 0).figure(.curves)
    let drawn = try #require(curves.plotly["data"]?.array?.first?["y"]?.array)
    #expect(drawn.count < 3000 && drawn.contains(.integer(9)) && drawn.contains(.integer(0)))
    #expect(curves.svg.utf8.count < 400_000)
  }
}
