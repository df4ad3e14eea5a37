import PoptrainExperimentFile
import PoptrainRuns
import PopulationBasedTraining

/// A run at a moment, as a terminal shows it.
struct Scene {
  let experiment: Experiment
  let population: Population
  let trail: Trail
  /// The ages that running intervals have reached, where that is known.
  var ages: [Member.ID: Int] = [:]
  var failures: Int
  /// Whether it goes on, where another process trains it.
  var state: Status.State?
  /// The seconds that are left at the pace so far; none before anything is finished.
  var secondsLeft: Double?

  /// The part of all steps that is done.
  var fraction: Double { Double(doneSteps) / Double(max(1, population.plannedSteps)) }

  /// The same for people.
  var share: String { percentage(doneSteps, of: population.plannedSteps) }

  private var doneSteps: Int {
    let running = population.members.reduce(0) { $0 + steps(of: $1) - $1.steps }
    return min(population.trainedSteps + running, population.plannedSteps)
  }

  /// The steps that a member has trained, those of its running interval among them.
  func steps(of member: Member) -> Int {
    max(member.steps, member.steps + (ages[member.id] ?? member.age) - member.age)
  }

  /// The score of a member's model; a copy without one of its own has that of its donor.
  func score(of member: Member) -> (value: Double, isOwn: Bool)? {
    if let own = member.published { return (own.score, true) }
    return member.origin.map { ($0.score, false) }
  }

  /// The members that have not left, the best first; those without a score by id.
  var ranked: [Member] {
    func key(_ member: Member) -> (Double, Int, Int) {
      let score = score(of: member)
      return (score?.value ?? -.infinity, score?.isOwn == true ? 1 : 0, -member.id)
    }
    return population.members.filter { $0.state != .retired }.map { (key($0), $0) }.sorted { $0.0 > $1.0 }.map(\.1)
  }

  /// A founder, and the members whose models descend from it.
  struct Family {
    let founder: Trail.Founder
    var members: [Member.ID]
  }

  /// Those who descend from the same founder, the largest family first.
  var families: [Family] {
    let present = population.members.filter { $0.state != .retired }.map(\.id)
    let members = Dictionary(grouping: present) { trail.founder(of: $0) }
    return members.compactMap { founder, members in founder.map { Family(founder: $0, members: members) } }
      .sorted { ($1.members.count, $0.founder.member) < ($0.members.count, $1.founder.member) }
  }
}
