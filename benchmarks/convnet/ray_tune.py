"""With Ray Tune, as its documentation has it."""

import tempfile
from pathlib import Path

import torch
from net import accuracy, network, train_step
from ray import tune
from ray.tune.schedulers import PopulationBasedTraining


def train(config):
    """Train a member until it is stopped."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"], momentum=config["momentum"])
    step = 0
    if checkpoint := tune.get_checkpoint():
        with checkpoint.as_directory() as folder:
            state = torch.load(Path(folder, "state.pt"))
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        for group in optimizer.param_groups:
            group.update(lr=config["lr"], momentum=config["momentum"])
        step = state["step"]
    while True:
        train_step(model, optimizer)
        step += 1
        if step % 50 == 0:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            with tempfile.TemporaryDirectory() as folder:
                torch.save(state, Path(folder, "state.pt"))
                metrics = {"step": step, "accuracy": accuracy(model)}
                tune.report(metrics, checkpoint=tune.Checkpoint.from_directory(folder))


scheduler = PopulationBasedTraining(
    time_attr="step",
    metric="accuracy",
    mode="max",
    perturbation_interval=50,
    hyperparam_mutations={"lr": tune.loguniform(1e-4, 0.5), "momentum": tune.uniform(0, 0.95)},
)
tuner = tune.Tuner(
    tune.with_resources(train, {"cpu": 1}),
    tune_config=tune.TuneConfig(scheduler=scheduler, num_samples=8, max_concurrent_trials=2),
    run_config=tune.RunConfig(name="convnet", stop={"step": 200}),
)
results = tuner.fit()
print(results.get_best_result("accuracy", "max").checkpoint)
