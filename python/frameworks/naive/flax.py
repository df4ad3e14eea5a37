import jax
import optax
import orbax.checkpoint
from flax import nnx

import poptrain

points = jax.random.uniform(jax.random.key(0), (512, 2), minval=-1, maxval=1)
labels = (points**2).sum(axis=1) < 0.6


class Model(nnx.Module):
    def __init__(self, rngs):
        self.hidden = nnx.Linear(2, 32, rngs=rngs)
        self.last = nnx.Linear(32, 1, rngs=rngs)

    def __call__(self, inputs):
        return self.last(nnx.tanh(self.hidden(inputs)))[:, 0]


def loss(model, batch):
    return optax.sigmoid_binary_cross_entropy(model(points[batch]), labels[batch]).mean()


@nnx.jit
def step(model, optimizer, key):
    batch = jax.random.randint(key, 32, 0, len(points))
    optimizer.update(model, nnx.grad(loss)(model, batch))


checkpointer = orbax.checkpoint.StandardCheckpointer()
for interval in poptrain.intervals():
    model = Model(nnx.Rngs(interval.seed))
    optimizer = nnx.Optimizer(
        model, optax.inject_hyperparams(optax.adam)(learning_rate=interval["learning_rate"]), wrt=nnx.Param
    )
    if interval.checkpoint:
        saved = checkpointer.restore(interval.checkpoint / "state", nnx.state((model, optimizer)))
        nnx.update((model, optimizer), saved)
    for age in interval.steps:
        step(model, optimizer, jax.random.fold_in(jax.random.key(interval.seed), age))
    checkpointer.save(interval.save_to / "state", nnx.state((model, optimizer)))
    checkpointer.wait_until_finished()
    interval.report(loss=loss(model, slice(None)))
