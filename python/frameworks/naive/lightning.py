import lightning as L
import torch
from torch.utils.data import DataLoader, TensorDataset

import poptrain

points = torch.rand(512, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
data = TensorDataset(points, (points.norm(dim=1) < 0.75).float())


class Model(L.LightningModule):
    def __init__(self, learning_rate):
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(torch.nn.Linear(2, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))

    def loss(self, batch):
        inputs, labels = batch
        return torch.nn.functional.binary_cross_entropy_with_logits(self.layers(inputs)[:, 0], labels)

    def training_step(self, batch):
        return self.loss(batch)

    def validation_step(self, batch):
        self.log("loss", self.loss(batch))

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.hparams.learning_rate)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.hparams.learning_rate, total_steps=self.trainer.estimated_stepping_batches
        )
        return [optimizer], [{"scheduler": scheduler, "interval": "step"}]


class Member(L.Callback):
    """Counts, ends and saves; the rate is left to what Lightning loads."""

    def __init__(self, interval):
        self.interval = interval

    def on_train_batch_end(self, trainer, *_):
        self.interval.advance()
        trainer.should_stop = self.interval.done

    def on_train_end(self, trainer, _):
        trainer.save_checkpoint(self.interval.save_to / "last.ckpt")


for interval in poptrain.intervals():
    L.seed_everything(interval.seed)
    model = Model(interval["learning_rate"])
    trainer = L.Trainer(
        max_steps=interval.horizon, max_epochs=-1, callbacks=[Member(interval)],
        accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
    )  # fmt: skip
    if interval.is_evaluation:
        trainer.limit_train_batches = 0
    trainer.fit(model, DataLoader(data, batch_size=32, shuffle=True), ckpt_path=interval.file("last.ckpt"))
    (metrics,) = trainer.validate(model, DataLoader(data, batch_size=512), verbose=False)
    interval.report(metrics)
