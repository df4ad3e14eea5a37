import Testing

@testable import PoptrainExperimentFile

/// Names, words and keys.
@Test(arguments: [
  Snapshot(
    "mode: maximize",
    """
    1:7: `mode` must be `max` or `min`, not `maximize`
        did you mean `max`? (there is no default, since a loss maximized by mistake wastes the whole run)
    """),
  Snapshot(
    "mode: best",
    """
    1:7: `mode` must be `max` or `min`, not `best`
        write `max` or `min` (there is no default, since a loss maximized by mistake wastes the whole run)
    """),
  Snapshot(
    "mode:",
    """
    1:6: `mode` must be `max` or `min`, not an empty value
        write `max` or `min` (there is no default, since a loss maximized by mistake wastes the whole run)
    """),
  Snapshot(
    "first_draws: latin_hypercube",
    """
    1:14: `first_draws` must be `stratified` or `independent`, not `latin_hypercube`
        did you mean `stratified`?
    """),
  Snapshot(
    "order: sync",
    """
    1:8: `order` must be `asynchronous` or `synchronous`, not `sync`
        did you mean `synchronous`?
    """),
  Snapshot(
    "durability: durabel",
    """
    1:13: `durability` must be `durable` or `process`, not `durabel`
        did you mean `durable`?
    """),
  Snapshot(
    "durability: [durable]",
    """
    1:13: `durability` must be `durable` or `process`, not a list
        write `durable` or `process`
    """),
  Snapshot(
    "name: a/b",
    """
    1:7: `name` has `/` in it
        the run's folder gets this name: choose one that can be the name of a folder
    """),
  Snapshot(
    "name: ..",
    """
    1:7: `name` is `..`
        the run's folder gets this name: choose one that can be the name of a folder
    """),
  Snapshot(
    #"name: """#,
    """
    1:7: `name` is empty
        the run's folder gets this name: choose one that can be the name of a folder
    """),
  Snapshot(
    "name:",
    """
    1:6: `name` must be a string, not an empty value
        write a string; use quotes if it is empty or has special characters
    """),
  Snapshot(
    #"name: "a\nb""#,
    """
    1:7: `name` has a control character
        the run's folder gets this name: choose one that can be the name of a folder
    """),
  Snapshot(
    "name: ééééééééééééééééééééééééééééééééééééééééééééééééééé",
    """
    1:7: `name` has more than 100 bytes
        the run's folder gets this name: choose one that can be the name of a folder
    """),
  Snapshot(
    #"metric: """#,
    """
    1:9: `metric` is empty
        write the name under which the trainer reports it
    """),
  Snapshot(
    "metric: ~",
    """
    1:9: `metric` must be a string, not `~`
        write a string; use quotes if it is empty or has special characters
    """),
  Snapshot(
    "metric: [a]",
    """
    1:9: `metric` must be a string, not a list
        write a string; use quotes if it is empty or has special characters
    """),
  Snapshot(
    "interval: 200",
    """
    1:11: `interval` is 200, more than the 100 `steps` of a member
        a tenth of `steps` or less is usual
    """),
  Snapshot(
    "interval: 0",
    """
    1:11: `interval` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "interval: 10\nperturbation_interval: 20",
    """
    2:1: `perturbation_interval` is another name for `interval`, which is there too
        remove one of them
    """),
  Snapshot(
    "perturbation_interval: 101",
    """
    1:24: `perturbation_interval` is 101, more than the 100 `steps` of a member
        a tenth of `steps` or less is usual
    """),
  Snapshot(
    "lerning: 1",
    """
    1:1: `lerning` is not a key of an experiment file
        known are: \(Key.all.flatMap(\.names).joined(separator: ", "))
    """),
  Snapshot(
    "popsize: 3",
    """
    1:1: `popsize` is not a key of an experiment file
        did you mean `population_size`?
    """),
  Snapshot(
    "Population-Size: 3",
    """
    1:1: `Population-Size` is not a key of an experiment file
        did you mean `population_size`?
    """),
  Snapshot(
    "zzzzzzzz: 1",
    """
    1:1: `zzzzzzzz` is not a key of an experiment file
        known are: \(Key.all.flatMap(\.names).joined(separator: ", "))
    """),
  Snapshot(
    "resources: {gpu: 1}",
    """
    1:13: `gpu` is not a key of `resources`
        did you mean `gpus`?
    """),
  Snapshot(
    "resources: {gpus: -1, cpus: 0}",
    """
    1:19: `resources.gpus` must be an integer of at least 0, not `-1`
        write for example `10`, `1_000` or `1e6`
    1:29: `resources.cpus` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "resources: {workers_per_gpu: 2}",
    """
    1:30: `resources.workers_per_gpu` is 2 while `gpus` is 0
        write `gpus: 1`; only workers that use one GPU each can share it
    """),
  Snapshot(
    "resources: {gpus: 2, workers_per_gpu: 2}",
    """
    1:39: `resources.workers_per_gpu` is 2 while `gpus` is 2
        write `gpus: 1`; only workers that use one GPU each can share it
    """),
  Snapshot(
    "resources: 1",
    """
    1:12: `resources` must be a mapping of keys to values, not `1`
        give one or more of: gpus, workers_per_gpu, cpus
    """),
])
func wordFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}

@Test func theSynonymsOfAKeySuggestIt() {
  for key in Key.all + Key.all.flatMap(\.keys) {
    for synonym in key.synonyms { #expect(suggestion(for: synonym, among: [key.name, "x"]) == key.name, "\(synonym)") }
  }
}
