"""One agent with the auxiliary losses of UNREAL, which knows nothing about a population.

An actor-critic that also learns, from its replay, to control cells of the screen, to predict rewards, and
values. From https://arxiv.org/abs/1611.05397; the games are those of MinAtar, in gymnax.
"""

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gymnax
import jax
import jax.numpy as jnp
import numpy as np

GAMES, FRAMES = 16, 16  # an update plays so many games, so many frames of each
UNROLLS = 8  # that the replay holds
SAMPLES = 16  # sequences, and moments to predict a reward at, that an update takes from it
DISCOUNT, CONTROL_DISCOUNT = 0.99, 0.9
HIDDEN = 64
CELLS = 25  # of 2 x 2 pixels
HISTORY = 3  # frames from which the next reward is predicted
LONGEST = 1000  # frames after which gymnax ends a game

Layers = dict[str, tuple[Any, Any]]  # matrices and biases
Values = dict[str, Any]  # of the hyperparameters


class Frame(NamedTuple):
    """What is remembered of a frame of a game."""

    screen: Any
    action: Any
    reward: Any
    is_last: Any


class Agent(NamedTuple):
    """The state of training, including the games in progress and the replay buffer."""

    layers: Layers
    square: Layers  # of the gradients, for RMSProp
    updates: Any
    states: Any  # of the games
    screens: Any
    replay: Frame  # frames by games; the oldest come first


class Learner:
    """How a game is learned."""

    def __init__(self, name: str) -> None:
        self.game, _ = gymnax.make(f"{name}-MinAtar")
        self.actions = self.game.num_actions

    def fresh(self, seed: int) -> Agent:
        """Orthogonal weights, new games, nothing to replay."""
        random = np.random.default_rng(seed)
        shapes = {
            "encoder": (int(np.prod(self.game.obs_shape)), HIDDEN, 2**0.5),
            "policy": (HIDDEN, self.actions, 0.01),
            "value": (HIDDEN, 1, 1.0),
            "control": (HIDDEN, CELLS * self.actions, 0.1),
            "reward": (HISTORY * HIDDEN, 2, 0.1),
        }
        layers = {name: orthogonal(random, *shape) for name, shape in shapes.items()}
        states, screens = jax.device_get(self.new_games(jax.random.key(seed), GAMES))
        shape = (UNROLLS * FRAMES, GAMES)
        screen = np.zeros((*shape, *self.game.obs_shape), bool)
        replay = Frame(screen, np.zeros(shape, np.int32), np.zeros(shape, np.float32), np.zeros(shape, bool))
        return Agent(layers, jax.tree.map(np.zeros_like, layers), np.int32(0), states, screens, replay)

    @partial(jax.jit, static_argnums=(0, 2))
    def new_games(self, key: Any, count: int) -> tuple[Any, Any]:
        """States and screens of games that begin."""
        screens, states = jax.vmap(self.game.reset)(jax.random.split(key, count))
        return states, screens

    def play(self, agent: Agent, key: Any) -> tuple[Agent, Frame]:
        """One frame of every game; a game that is over begins again."""
        action_key, game_key = jax.random.split(key)
        policy = linear(agent.layers["policy"], encode(agent.layers, agent.screens))
        action = jax.random.categorical(action_key, policy)
        keys = jax.random.split(game_key, len(action))
        screens, states, reward, is_over, is_cut, _ = jax.vmap(self.game.step)(keys, agent.states, action)
        frame = Frame(agent.screens.astype(bool), action, reward, is_over | is_cut)
        return agent._replace(states=states, screens=screens), frame

    def update(self, agent: Agent, values: Values, seed: Any, number: Any) -> Agent:
        """Play, then learn from it and from the replay. `number` counts the interval's updates, from 0."""
        key = jax.random.fold_in(jax.random.key(seed), number)
        play_key, sequence_key, reward_key = jax.random.split(key, 3)
        agent, frames = jax.lax.scan(self.play, agent, jax.random.split(play_key, FRAMES))
        replay = jax.tree.map(lambda old, new: extended(old, new, agent.updates == 0), agent.replay, frames)
        agent = agent._replace(replay=replay)
        sequences = some_sequences(replay, sequence_key)
        moments = some_moments(replay, reward_key)
        own = jnp.concatenate([frames.screen, agent.screens[None].astype(bool)])
        gradient = jax.grad(self.loss)(agent.layers, frames, own, sequences, moments, values)
        return descend(agent, gradient, values["learning_rate"])

    def loss(
        self, layers: Layers, frames: Frame, screens: Any, replayed: Frame, moments: Any, values: Values
    ) -> Any:
        """That of the actor-critic, and the auxiliary ones by their weights."""
        features = encode(layers, screens)
        log_probabilities = jax.nn.log_softmax(linear(layers["policy"], features[:-1]))
        value = linear(layers["value"], features)[..., 0]
        advantage = returns(frames.reward, frames.is_last, DISCOUNT, value[-1]) - value[:-1]
        chosen = jnp.take_along_axis(log_probabilities, frames.action[..., None], axis=-1)[..., 0]
        policy_loss = -(chosen * jax.lax.stop_gradient(advantage)).mean()
        entropy = -(jnp.exp(log_probabilities) * log_probabilities).sum(axis=-1).mean()

        features = encode(layers, replayed.screen)
        value = linear(layers["value"], features)[..., 0]
        earlier = jax.tree.map(lambda array: array[:-1], replayed)
        replay_error = returns(earlier.reward, earlier.is_last, DISCOUNT, value[-1]) - value[:-1]
        control = linear(layers["control"], features).reshape(*value.shape, self.actions, CELLS)
        control_loss = control_error(control, replayed.screen, earlier).mean()

        history, is_rewarded = moments
        context = encode(layers, history).reshape(len(is_rewarded), -1)
        prediction = jax.nn.log_softmax(linear(layers["reward"], context))
        prediction_loss = -jnp.where(is_rewarded, prediction[:, 1], prediction[:, 0]).mean()
        return (
            policy_loss
            + 0.5 * (advantage**2).mean()
            - values["entropy"] * entropy
            + values["value_replay"] * (replay_error**2).mean()
            + values["control"] * control_loss
            + values["reward_prediction"] * prediction_loss
        )

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
    np.savez_compressed(path, *jax.tree.leaves(agent))


def load(path: Path, like: Agent) -> Agent:
    """What `save` wrote."""
    with np.load(path) as saved:
        return jax.tree.unflatten(jax.tree.structure(like), saved.values())


def orthogonal(random: np.random.Generator, inputs: int, outputs: int, scale: float) -> tuple[Any, Any]:
    """A matrix whose columns or rows are orthogonal, and a bias of zeros."""
    matrix, _ = np.linalg.qr(random.normal(size=(max(inputs, outputs), min(inputs, outputs))))
    matrix = matrix if inputs >= outputs else matrix.T
    return (scale * matrix).astype(np.float32), np.zeros(outputs, np.float32)


def linear(layer: tuple[Any, Any], inputs: Any) -> Any:
    """A layer without an activation."""
    return inputs @ layer[0] + layer[1]


def encode(layers: Layers, screens: Any) -> Any:
    """What all heads see of screens."""
    return jax.nn.relu(linear(layers["encoder"], screens.reshape(*screens.shape[:-3], -1).astype(float)))


def returns(rewards: Any, is_last: Any, discount: float, after: Any) -> Any:
    """Discounted sums of the rewards and the value after the last frame, through which no gradient goes."""

    def step(later: Any, frame: tuple[Any, Any]) -> tuple[Any, Any]:
        reward, is_last = frame
        total = reward + discount * later * (1 - is_last)
        return total, total

    return jax.lax.stop_gradient(jax.lax.scan(step, after, (rewards, is_last), reverse=True)[1])


def control_error(control: Any, screens: Any, earlier: Frame) -> Any:
    """How wrong the action values are, when what is rewarded is the change of each cell of the screen."""
    change = jnp.abs(screens[1:].astype(float) - screens[:-1]).mean(axis=-1)
    side = int(CELLS**0.5)
    height, width = (size // side for size in change.shape[2:])
    cells = change.reshape(*change.shape[:2], side, height, side, width).mean(axis=(3, 5))
    is_last = earlier.is_last[..., None]
    rewards = cells.reshape(*cells.shape[:2], CELLS) * (
        1 - is_last
    )  # after the last frame comes another game
    target = returns(rewards, is_last, CONTROL_DISCOUNT, control[-1].max(axis=-2))
    chosen = jnp.take_along_axis(control[:-1], earlier.action[..., None, None], axis=-2)[..., 0, :]
    return ((target - chosen) ** 2).sum(axis=-1)


def extended(old: Any, new: Any, is_first: Any) -> Any:
    """The replay with the newest frames instead of the oldest; at first it is full of them."""
    return jnp.where(is_first, jnp.concatenate([new] * UNROLLS), jnp.concatenate([old[FRAMES:], new]))


def some_sequences(replay: Frame, key: Any) -> Frame:
    """Sequences of frames, each of one game."""
    start_key, game_key = jax.random.split(key)
    starts = jax.random.randint(start_key, (SAMPLES,), 0, len(replay.reward) - FRAMES)
    games = jax.random.randint(game_key, (SAMPLES,), 0, GAMES)
    frames = starts + jnp.arange(FRAMES + 1)[:, None]
    return jax.tree.map(lambda array: array[frames, games], replay)


def some_moments(replay: Frame, key: Any) -> tuple[Any, Any]:
    """Screens before a reward or none, half of each as far as there are any; and whether there is one."""
    is_rewarded = (replay.reward[HISTORY:] != 0).ravel()
    counts = jnp.maximum(jnp.array([(~is_rewarded).sum(), is_rewarded.sum()]), 1)
    chosen = jax.random.categorical(key, -jnp.log(counts[is_rewarded.astype(int)]), shape=(SAMPLES,))
    frames, games = chosen // GAMES, chosen % GAMES
    history = replay.screen[frames[:, None] + jnp.arange(HISTORY), games[:, None]]
    return history, is_rewarded[chosen]


def descend(agent: Agent, gradient: Layers, learning_rate: Any) -> Agent:
    """One step of RMSProp against the gradient, cut to a norm of 0.5."""
    norm = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda g: g * jnp.minimum(1, 0.5 / (norm + 1e-6)), gradient)
    square = jax.tree.map(lambda s, g: 0.99 * s + 0.01 * g**2, agent.square, gradient)

    def step(weight: Any, gradient: Any, square: Any) -> Any:
        return weight - learning_rate * gradient / jnp.sqrt(square + 1e-5)

    layers = jax.tree.map(step, agent.layers, gradient, square)
    return agent._replace(layers=layers, square=square, updates=agent.updates + 1)
