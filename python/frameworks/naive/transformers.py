import poptrain
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

words = torch.randint(3, 64, (512, 8), generator=torch.Generator().manual_seed(0))
data = [{"input_ids": text, "labels": int(text[0] > text[-1])} for text in words]
config = BertConfig(
    vocab_size=64, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
)


class Member(TrainerCallback):
    """Counts, ends and saves; the rate is left to what the Trainer loads."""

    def __init__(self, interval):
        self.interval = interval

    def on_step_end(self, args, state, control, **_):
        self.interval.advance()
        if self.interval.done:
            control.should_training_stop = control.should_save = True


for interval in poptrain.intervals():
    set_seed(interval.seed)
    trainer = Trainer(
        model=BertForSequenceClassification(config),
        args=TrainingArguments(
            learning_rate=interval["learning_rate"],
            lr_scheduler_type="cosine", warmup_steps=20, per_device_train_batch_size=32,
            per_device_eval_batch_size=256, max_steps=interval.horizon,
            ignore_data_skip=True, output_dir=str(interval.save_to),
            save_strategy="no", disable_tqdm=True, report_to="none", use_cpu=True,
        ),
        train_dataset=data,
        eval_dataset=data[:256],
        callbacks=[Member(interval)],
    )  # fmt: skip
    checkpoint = interval.file(f"checkpoint-{interval.start}")
    if interval.is_evaluation:
        trainer._load_from_checkpoint(str(checkpoint))
    else:
        trainer.train(resume_from_checkpoint=checkpoint and str(checkpoint))
    interval.report(trainer.evaluate())
