import Testing

/// Parts of the population.
@Test(arguments: [
  Snapshot(
    "subpopulations: 3",
    """
    1:17: `subpopulations` is 3, and a `population_size` of 20 cannot be divided into 3 equal parts of at least 2 members
        write for example `2`, `4`, `5`, `10`, or the sizes of the parts: `[{size: 10}, {size: 10}]`
    """),
  Snapshot(
    "exploit: fire",
    """
    1:10: `exploit` is `fire`, which needs a population of at least 3 parts
        write how many: `subpopulations: 3`
    """),
  Snapshot(
    "subpopulations: 2\nexploit: {fire: {evaluations: 9}}",
    """
    2:10: `exploit` is `fire`, which needs a population of at least 3 parts
        write how many: `subpopulations: 3`
    """),
  Snapshot(
    "subpopulations: 1",
    """
    1:17: `subpopulations` must be an integer of at least 2, not `1`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: 20",
    """
    1:17: `subpopulations` is 20, and a `population_size` of 20 cannot be divided into 20 equal parts of at least 2 members
        write for example `2`, `4`, `5`, `10`, or the sizes of the parts: `[{size: 10}, {size: 10}]`
    """),
  Snapshot(
    "subpopulations: many",
    """
    1:17: `subpopulations` must be an integer of at least 2, not `many`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: 2.5",
    """
    1:17: `subpopulations` must be an integer of at least 2, not `2.5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "population_size: 7\nsubpopulations: 2",
    """
    2:17: `subpopulations` is 2, and a `population_size` of 7 cannot be divided into 2 equal parts of at least 2 members
        write the sizes of the parts: `[{size: 3}, {size: 4}]`
    """),
  Snapshot(
    "population_size: 2\nsubpopulations: 2",
    """
    2:17: `subpopulations` is 2, and a `population_size` of 2 cannot be divided into 2 equal parts of at least 2 members
        two parts need at least 4 members
    """),
  Snapshot(
    "population_size: 1\nexploit: none\nsubpopulations: 2",
    """
    3:17: `subpopulations` is 2, and a `population_size` of 1 cannot be divided into 2 equal parts of at least 2 members
        two parts need at least 4 members
    """),
  Snapshot(
    "population_size: x\nsubpopulations: 3",
    """
    1:18: `population_size` must be an integer of at least 1, not `x`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: [{size: 8}, {size: 8}]",
    """
    1:17: `subpopulations` has sizes that add up to 16, and there are 20 members
        change the sizes, or write `population_size: 16`
    """),
  Snapshot(
    "subpopulations: [{size: 20}]",
    """
    1:17: `subpopulations` must have at least 2 entries, not 1
        write for example `[{size: 8}, {size: 8, intervals: 10}]`
    """),
  Snapshot(
    "subpopulations: [{size: 19}, {size: 1}]",
    """
    1:37: `subpopulations.size` must be an integer of at least 2, not `1`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: [{sise: 8}, {intervals: 3}, {size: 8, intervals: 0}]",
    """
    1:18: `size` is missing
        write how many members it has: `{size: 8}`
    1:19: `sise` is not a key of a part of the population
        did you mean `size`?
    1:29: `size` is missing
        write how many members it has: `{size: 8}`
    1:66: `subpopulations.intervals` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: [8, 12]",
    """
    1:18: entry 1 of `subpopulations` must be a mapping of keys to values, not `8`
        give one or more of: size, intervals
    1:21: entry 2 of `subpopulations` must be a mapping of keys to values, not `12`
        give one or more of: size, intervals
    """),
  Snapshot(
    "subpopulations: {size: 8}",
    """
    1:17: `subpopulations` must be an integer of at least 2, not a mapping
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "subpopulations: []",
    """
    1:17: `subpopulations` must have at least 2 entries, not 0
        write for example `[{size: 8}, {size: 8, intervals: 10}]`
    """),
  Snapshot(
    "islands: 4",
    """
    1:1: `islands` is not a key of an experiment file
        did you mean `subpopulations`?
    """),
  Snapshot(
    "population_size: x\nsubpopulations: [{size: 3}, {size: 1}]",
    """
    1:18: `population_size` must be an integer of at least 1, not `x`
        write for example `10`, `1_000` or `1e6`
    2:36: `subpopulations.size` must be an integer of at least 2, not `1`
        write for example `10`, `1_000` or `1e6`
    """),
])
func subpopulationFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
