/// Small trainers and experiments that the tests write into their folders.
enum Example {
  /// Climbs towards zero; the best rate is 0.3. A function of checkpoint, values, steps and seed alone.
  static let trainer = """
    import json, random
    import poptrain

    for interval in poptrain.intervals():
        if interval.checkpoint:
            x = json.loads((interval.checkpoint / "x.json").read_text())
        else:
            x = 10.0
        noise = random.Random(interval.seed)
        for step in interval.steps:
            x -= interval["rate"] * (2 * x + noise.gauss(0, 0.1))
        (interval.save_to / "x.json").write_text(json.dumps(x))
        print("member", interval.member, "interval", interval.number)
        interval.report(value=-abs(x))
    """

  /// The same for up to four members at once, which goes on from what it has in memory; that must be what it has saved.
  static let batchTrainer = """
    import json, random
    import poptrain

    models = []
    for batch in poptrain.batches(capacity=4):
        start = []
        for interval, parent in zip(batch, batch.parents):
            saved = json.loads((interval.checkpoint / "x.json").read_text()) if interval.checkpoint else 10.0
            assert parent < 0 or models[parent] == saved, (interval, batch.parents)
            start.append(models[parent] if parent >= 0 else saved)
        models = start
        noises = [random.Random(seed) for seed in batch.seeds]
        for step in batch.steps:
            for i, rate in enumerate(batch["rate"]):
                models[i] -= rate * (2 * models[i] + noises[i].gauss(0, 0.1))
        for interval, x in zip(batch, models):
            (interval.save_to / "x.json").write_text(json.dumps(x))
        print("parents of", [interval.member for interval in batch], "are", batch.parents)
        batch.report(value=[-abs(x) for x in models])
    """

  static func experiment(
    population: Int = 6, steps: Int = 40, interval: Int = 10, workers: Int = 2, order: String = "synchronous",
    more: String = "durability: process"
  ) -> String {
    """
    name: climb
    trainer:
      command: [python3, train.py]
    metric: value
    mode: max
    population_size: \(population)
    steps: \(steps)
    interval: \(interval)
    workers: \(workers)
    seed: 5
    order: \(order)
    hyperparameters:
      rate: {log_uniform: [1e-4, 0.9]}
    \(more)
    """
  }

  static func folder(_ experiment: String = experiment(), trainer: String = trainer) throws -> Folder {
    let folder = try Folder()
    try folder.write(experiment, to: "experiment.yaml")
    try folder.write(trainer, to: "train.py")
    return folder
  }
}
