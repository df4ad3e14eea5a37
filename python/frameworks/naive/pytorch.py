import poptrain
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.utils.data import DataLoader, TensorDataset

points = torch.rand(512, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
data = TensorDataset(points, (points.norm(dim=1) < 0.75).float())


def batches(data):
    while True:
        yield from DataLoader(data, batch_size=32, shuffle=True)


for interval in poptrain.intervals():
    torch.manual_seed(interval.seed)
    model = torch.nn.Sequential(torch.nn.Linear(2, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=interval["learning_rate"])
    warmup = LinearLR(optimizer, start_factor=0.1, total_iters=20)
    decay = CosineAnnealingLR(optimizer, T_max=interval.horizon - 20)
    scheduler = SequentialLR(optimizer, [warmup, decay], milestones=[20])
    if interval.checkpoint:
        state = torch.load(interval.checkpoint / "state.pt")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
    for step, (inputs, labels) in zip(interval.steps, batches(data)):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(inputs)[:, 0], labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }
    torch.save(state, interval.save_to / "state.pt")
    with torch.no_grad():
        interval.report(accuracy=((model(points)[:, 0] > 0) == (data.tensors[1] > 0)).float().mean())
