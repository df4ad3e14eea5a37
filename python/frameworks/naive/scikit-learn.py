import pickle

import numpy
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

import poptrain

points = numpy.random.default_rng(0).uniform(-1, 1, (512, 2))
labels = numpy.linalg.norm(points, axis=1) < 0.75

for interval in poptrain.intervals():
    model = MLPClassifier((32,), learning_rate_init=interval["learning_rate"], random_state=interval.seed)
    if interval.checkpoint:
        model = pickle.loads((interval.checkpoint / "model.pickle").read_bytes())
        model.set_params(learning_rate_init=interval["learning_rate"])
    batches = numpy.random.default_rng(interval.seed)
    for step in interval.steps:
        batch = batches.integers(512, size=32)
        model.partial_fit(points[batch], labels[batch], classes=[False, True])
    (interval.save_to / "model.pickle").write_bytes(pickle.dumps(model))
    interval.report(accuracy=model.score(points, labels), loss=log_loss(labels, model.predict_proba(points)))
