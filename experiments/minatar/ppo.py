"""One agent that learns a game by proximal policy optimization, and knows nothing about a population.

From https://arxiv.org/abs/1707.06347. The games are those of MinAtar, in gymnax.
"""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnax
import jax
import jax.numpy as jnp
import numpy as np

GAMES, FRAMES = 16, 32  # an update plays so many games, so many frames of each
EPOCHS, MINIBATCHES = 2, 4
DISCOUNT = 0.99
LONGEST = 1000  # frames after which gymnax ends a game

Layer = tuple[Any, Any]  # a matrix and a bias
Values = dict[str, Any]  # of the hyperparameters


class Agent(NamedTuple):
    """The state of training, including the games in progress."""

    layers: list[Layer]  # two hidden ones, the policy's and the value's
    mean: list[Layer]  # of the gradients, and of their squares, for Adam
    square: list[Layer]
    updates: Any
    states: Any  # of the games
    screens: Any


class Frame(NamedTuple):
    """What is remembered of a frame of a game, until the next update."""

    screen: Any
    action: Any
    log_probability: Any
    value: Any
    reward: Any
    is_last: Any


class Learner:
    """How a game is learned."""

    def __init__(self, name: str) -> None:
        self.game, _ = gymnax.make(f"{name}-MinAtar")
        self.pixels = int(np.prod(self.game.obs_shape))

    def fresh(self, seed: int) -> Agent:
        """Orthogonal weights, new games."""
        random = np.random.default_rng(seed)
        hidden = [(self.pixels, 64, 2**0.5), (64, 64, 2**0.5)]
        shapes = [*hidden, (64, self.game.num_actions, 0.01), (64, 1, 1.0)]
        layers = [orthogonal(random, *shape) for shape in shapes]
        zeros = jax.tree.map(np.zeros_like, layers)
        states, screens = jax.device_get(self.new_games(jax.random.key(seed), GAMES))
        return Agent(layers, zeros, zeros, np.int32(0), states, screens)

    @partial(jax.jit, static_argnums=(0, 2))
    def new_games(self, key: Any, count: int) -> tuple[Any, Any]:
        """States and screens of games that begin."""
        screens, states = jax.vmap(self.game.reset)(jax.random.split(key, count))
        return states, screens

    def play(self, agent: Agent, key: Any) -> tuple[Agent, Frame]:
        """One frame of every game; a game that is over begins again."""
        action_key, game_key = jax.random.split(key)
        log_probabilities, value = forward(agent.layers, agent.screens)
        action = jax.random.categorical(action_key, log_probabilities)
        keys = jax.random.split(game_key, len(action))
        screens, states, reward, is_over, is_cut, _ = jax.vmap(self.game.step)(keys, agent.states, action)
        log_probability = of(log_probabilities, action)
        frame = Frame(agent.screens, action, log_probability, value, reward, is_over | is_cut)
        return agent._replace(states=states, screens=screens), frame

    def update(self, agent: Agent, values: Values, seed: Any, number: Any) -> Agent:
        """Play, then learn from it. `number` counts the updates of the interval, from 0."""
        key = jax.random.fold_in(jax.random.key(seed), number)
        play_key, *order_keys = jax.random.split(key, 1 + EPOCHS)
        agent, frames = jax.lax.scan(self.play, agent, jax.random.split(play_key, FRAMES))
        _, next_value = forward(agent.layers, agent.screens)
        experience = frames, advantages(frames, next_value, values["trace"])
        experience = jax.tree.map(lambda array: array.reshape(FRAMES * GAMES, *array.shape[2:]), experience)

        def learn(agent: Agent, chosen: Any) -> tuple[Agent, None]:
            part = jax.tree.map(lambda array: array[chosen], experience)
            gradient = jax.grad(loss)(agent.layers, *part, values)
            return descend(agent, gradient, values["learning_rate"]), None

        orders = jnp.stack([jax.random.permutation(key, FRAMES * GAMES) for key in order_keys])
        agent, _ = jax.lax.scan(learn, agent, orders.reshape(EPOCHS * MINIBATCHES, -1))
        return agent

    def mean_return(self, agent: Agent, seed: Any, count: int = 32) -> Any:
        """Of new games, played to their ends by the policy as it is. The seed says which games."""
        reset_key, play_key = jax.random.split(jax.random.key(seed))
        states, screens = self.new_games(reset_key, count)

        def goes_on(carry: tuple[Any, ...]) -> Any:
            _, running, _, frame = carry
            return running.any() & (frame < LONGEST)

        def step(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            agent, running, total, number = carry
            agent, frame = self.play(agent, jax.random.fold_in(play_key, number))
            return agent, running & ~frame.is_last, total + frame.reward * running, number + 1

        agent = agent._replace(states=states, screens=screens)
        start = agent, jnp.ones(count, bool), jnp.zeros(count), 0
        return jax.lax.while_loop(goes_on, step, start)[2].mean()


def save(agent: Agent, path: Path) -> None:
    """Write all that is in it."""
    np.savez(path, *jax.tree.leaves(agent))


def load(path: Path, like: Agent) -> Agent:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(like), saved.values())


def orthogonal(random: np.random.Generator, inputs: int, outputs: int, scale: float) -> Layer:
    """A matrix with orthogonal columns, and a bias of zeros."""
    matrix, _ = np.linalg.qr(random.normal(size=(inputs, outputs)))
    return (scale * matrix).astype(np.float32), np.zeros(outputs, np.float32)


def forward(layers: list[Layer], screens: Any) -> tuple[Any, Any]:
    """The logarithms of the probabilities of the actions, and the value."""
    active = screens.reshape(*screens.shape[:-3], -1)
    (first, first_bias), (second, second_bias), (policy, policy_bias), (value, value_bias) = layers
    active = jnp.tanh(jnp.tanh(active @ first + first_bias) @ second + second_bias)
    return jax.nn.log_softmax(active @ policy + policy_bias), (active @ value + value_bias)[..., 0]


def of(table: Any, columns: Any) -> Any:
    """One column of each row."""
    return jnp.take_along_axis(table, columns[..., None], axis=-1)[..., 0]


def advantages(frames: Frame, next_value: Any, trace: Any) -> Any:
    """The generalized advantage estimate, from https://arxiv.org/abs/1506.02438."""

    def step(later: tuple[Any, Any], frame: Frame) -> tuple[tuple[Any, Any], Any]:
        advantage, next_value = later
        goes_on = DISCOUNT * (1 - frame.is_last)
        advantage = frame.reward + goes_on * (next_value + trace * advantage) - frame.value
        return (advantage, frame.value), advantage

    _, advantage = jax.lax.scan(step, (jnp.zeros_like(next_value), next_value), frames, reverse=True)
    return advantage


def loss(layers: list[Layer], frames: Frame, advantage: Any, values: Values) -> Any:
    """That of the clipped policy, of the value, and of a policy that is too sure."""
    log_probabilities, value = forward(layers, frames.screen)
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
    return agent._replace(layers=layers, mean=mean, square=square, updates=updates)
