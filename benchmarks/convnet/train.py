"""With Poptrain."""

import poptrain.torch
import torch
from net import accuracy, network, train_step

for interval in poptrain.intervals():
    poptrain.torch.seed(interval)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=interval["lr"], momentum=interval["momentum"])
    state = poptrain.torch.State(interval, model=model, optimizer=optimizer)
    for _ in interval.steps:
        train_step(model, optimizer)
    state.save()
    interval.report(accuracy=accuracy(model))
