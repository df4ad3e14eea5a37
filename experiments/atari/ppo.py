"""An agent that learns by proximal policy optimization, and knows nothing about games or a population.

From https://arxiv.org/abs/1707.06347.
"""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

EPOCHS, MINIBATCHES = 2, 4
DISCOUNT = 0.99

Layer = tuple[Any, Any]  # a matrix and a bias
Values = dict[str, Any]  # of the hyperparameters


class Agent(NamedTuple):
    """All that training needs to go on."""

    layers: list[Layer]  # two hidden ones, the policy's and the value's
    mean: list[Layer]  # of the gradients, and of their squares, for Adam
    square: list[Layer]
    updates: Any


class Frames(NamedTuple):
    """What was played: frames by games."""

    memory: Any
    action: Any
    log_probability: Any
    value: Any
    reward: Any
    is_last: Any


def fresh(inputs: int, actions: int, seed: int) -> Agent:
    """Orthogonal weights."""
    random = np.random.default_rng(seed)
    shapes = [(inputs, 64, 2**0.5), (64, 64, 2**0.5), (64, actions, 0.01), (64, 1, 1.0)]
    layers = []
    for rows, columns, scale in shapes:
        matrix, _ = np.linalg.qr(random.normal(size=(rows, columns)))
        layers.append(((scale * matrix).astype(np.float32), np.zeros(columns, np.float32)))
    zeros = jax.tree.map(np.zeros_like, layers)
    return Agent(layers, zeros, zeros, np.int32(0))


def save(agent: Agent, path: Path) -> None:
    """Write all that is in it."""
    np.savez(path, *jax.tree.leaves(agent))


def load(path: Path) -> Agent:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(fresh(1, 1, 0)), saved.values())


def forward(layers: list[Layer], memory: Any) -> tuple[Any, Any]:
    """The logarithms of the probabilities of the actions, and the value."""
    (first, first_bias), (second, second_bias), (policy, policy_bias), (value, value_bias) = layers
    active = jnp.tanh((memory / 255) @ first + first_bias)
    active = jnp.tanh(active @ second + second_bias)
    return jax.nn.log_softmax(active @ policy + policy_bias), (active @ value + value_bias)[..., 0]


@jax.jit
def act(layers: list[Layer], memory: Any, seed: Any, number: Any) -> tuple[Any, Any, Any]:
    """An action for each game, the logarithm of its probability, and the value."""
    log_probabilities, value = forward(layers, memory)
    action = jax.random.categorical(jax.random.fold_in(jax.random.key(seed), number), log_probabilities)
    return action, of(log_probabilities, action), value


@partial(jax.jit, donate_argnums=0)
def learn(agent: Agent, frames: Frames, next_memory: Any, values: Values, seed: Any) -> Agent:
    """Learn from what was played."""
    _, next_value = forward(agent.layers, next_memory)
    experience = frames, advantages(frames, next_value, values["trace"])
    count = frames.reward.size
    experience = jax.tree.map(lambda array: array.reshape(count, *array.shape[2:]), experience)

    def step(agent: Agent, chosen: Any) -> tuple[Agent, None]:
        part = jax.tree.map(lambda array: array[chosen], experience)
        gradient = jax.grad(loss)(agent.layers, *part, values)
        return descend(agent, gradient, values["learning_rate"]), None

    keys = jax.random.split(jax.random.key(seed), EPOCHS)
    orders = jnp.stack([jax.random.permutation(key, count) for key in keys])
    agent, _ = jax.lax.scan(step, agent, orders.reshape(EPOCHS * MINIBATCHES, -1))
    return agent


def of(table: Any, columns: Any) -> Any:
    """One column of each row."""
    return jnp.take_along_axis(table, columns[..., None], axis=-1)[..., 0]


def advantages(frames: Frames, next_value: Any, trace: Any) -> Any:
    """The generalized advantage estimate, from https://arxiv.org/abs/1506.02438."""

    def step(later: tuple[Any, Any], frame: Frames) -> tuple[tuple[Any, Any], Any]:
        advantage, next_value = later
        goes_on = DISCOUNT * (1 - frame.is_last)
        advantage = frame.reward + goes_on * (next_value + trace * advantage) - frame.value
        return (advantage, frame.value), advantage

    _, advantage = jax.lax.scan(step, (jnp.zeros_like(next_value), next_value), frames, reverse=True)
    return advantage


def loss(layers: list[Layer], frames: Frames, advantage: Any, values: Values) -> Any:
    """That of the clipped policy, of the value, and of a policy that is too sure."""
    log_probabilities, value = forward(layers, frames.memory)
    target = frames.value + advantage
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    ratio = jnp.exp(of(log_probabilities, frames.action) - frames.log_probability)
    clipped = jnp.clip(ratio, 1 - values["clip"], 1 + values["clip"])
    policy_loss = -jnp.minimum(ratio * advantage, clipped * advantage).mean()
    value_loss = ((value - target) ** 2).mean()
    entropy = -(jnp.exp(log_probabilities) * log_probabilities).sum(axis=-1).mean()
    return policy_loss + 0.5 * value_loss - values["entropy"] * entropy


def descend(agent: Agent, gradient: list[Layer], learning_rate: Any) -> Agent:
    """One step of Adam against the gradient, cut to a norm of 0.5."""
    norm = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda g: g * jnp.minimum(1, 0.5 / (norm + 1e-6)), gradient)
    updates = agent.updates + 1
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, agent.mean, gradient)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g**2, agent.square, gradient)

    def step(weight: Any, mean: Any, square: Any) -> Any:
        mean, square = mean / (1 - 0.9**updates), square / (1 - 0.999**updates)
        return weight - learning_rate * mean / (jnp.sqrt(square) + 1e-5)

    layers = jax.tree.map(step, agent.layers, mean, square)
    return Agent(layers, mean, square, updates)
