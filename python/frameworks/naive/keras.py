import keras
import numpy
import poptrain

points = numpy.random.default_rng(0).uniform(-1, 1, (512, 2)).astype("float32")
labels = (numpy.linalg.norm(points, axis=1) < 0.75).astype("float32")[:, None]


class Member(keras.callbacks.Callback):
    """Counts and ends; the rate is left to what Keras loads."""

    def __init__(self, interval):
        super().__init__()
        self.interval = interval

    def on_train_batch_end(self, batch, logs=None):
        self.interval.advance()
        self.model.stop_training = self.interval.done


for interval in poptrain.intervals():
    keras.utils.set_random_seed(interval.seed)
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(32, "tanh"), keras.layers.Dropout(0.1), keras.layers.Dense(1)]
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(interval["learning_rate"]),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    if interval.checkpoint:
        model = keras.models.load_model(interval.checkpoint / "model.keras")
    if not interval.is_evaluation:
        model.fit(points, labels, batch_size=32, epochs=1000, verbose=0, callbacks=[Member(interval)])
        model.save(interval.save_to / "model.keras")
    interval.report(loss=model.evaluate(points, labels, verbose=0))
