import PoptrainJSON
import PopulationBasedTraining
import Testing

@Suite struct JSONHyperparametersTests {
  private let space = Space([
    Hyperparameter("z", .uniform(0, 2)), Hyperparameter("rate", .logUniform(1e-4, 1)),
    Hyperparameter("count", .integer(-8, 8)), Hyperparameter("size", .ordered([.number(0.5), .number(1)])),
    Hyperparameter("kind", .choice([.text("flip"), .boolean(true), .integer(1)])),
    Hyperparameter("shard", .perMember([.integer(0), .integer(1)])), Hyperparameter("width", .fixed(.number(64))),
  ])

  @Test("Hyperparameters come back through JSON, each in the kind of its domain", arguments: 0..<50)
  func hyperparametersComeBack(_ seed: Int) throws {
    let values = space.sample(member: seed % 2, ordinal: 0, seed: UInt64(seed))
    #expect(try JSON.parse(JSON(values, in: space).bytes).hyperparameters(in: space) == values)
  }

  @Test("Real numbers that a trainer sends back as whole ones stay real, and the other way round")
  func lostKindsAreRestored() throws {
    let sent = #"{"z":0,"rate":1,"count":3.0,"size":1,"kind":1,"shard":1.0,"width":64}"#
    let values: Hyperparameters = [
      "z": .number(0), "rate": .number(1), "count": .integer(3), "size": .number(1), "kind": .integer(1),
      "shard": .integer(1), "width": .number(64),
    ]
    #expect(try JSON.parse(sent).hyperparameters(in: space) == values)
  }

  @Test("They are written in the order of the space; what has no value is left out")
  func orderOfTheSpace() {
    let values: Hyperparameters = ["width": .number(64), "z": .number(1), "rate": .number(0.5)]
    #expect(JSON(values, in: space).description == #"{"z":1.0,"rate":0.5,"width":64.0}"#)
  }

  @Test("A name that the space does not have keeps its value; null and lists are no values")
  func foreignNames() throws {
    let sent = try JSON.parse(#"{"other":1,"text":"a","z":null,"rate":[1],"count":{}}"#)
    #expect(sent.hyperparameters(in: space) == ["other": .integer(1), "text": .text("a")])
    #expect(JSON.array([.integer(1)]).hyperparameters(in: space).isEmpty)
  }

  @Test("Metrics come back through JSON, those that are not finite included")
  func metricsComeBack() throws {
    let metrics = ["loss": 0.5, "gap": -.infinity, "zero": 0, "best": .infinity]
    #expect(try JSON.parse(JSON(metrics: metrics).bytes).metrics == metrics)
    #expect(try JSON.parse(JSON(metrics: ["loss": .nan]).bytes).metrics["loss"]?.isNaN == true)
    #expect(JSON(metrics: metrics).members?.map(\.name) == ["best", "gap", "loss", "zero"])
    #expect(try JSON.parse(#"{"loss":1,"note":"a","list":[]}"#).metrics == ["loss": 1])
  }
}
