import gymnasium
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy

import poptrain

for interval in poptrain.intervals():
    model = PPO(
        "MlpPolicy", gymnasium.make("CartPole-v1"), n_steps=256, seed=interval.seed, device="cpu",
        learning_rate=interval["learning_rate"],
    )  # fmt: skip
    if interval.checkpoint:
        model = PPO.load(interval.checkpoint / "model.zip", env=model.get_env())
        model.learning_rate = interval["learning_rate"]
        model.set_random_seed(interval.seed)
    if not interval.is_evaluation:
        model.learn(len(interval.steps), reset_num_timesteps=False)
        interval.advance(model.num_timesteps - interval.start)
        model.save(interval.save_to / "model.zip")
    reward, _ = evaluate_policy(model, model.get_env(), n_eval_episodes=5)
    interval.report(reward=reward)
