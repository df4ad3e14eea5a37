#!/bin/sh
# Fits a cubic polynomial to a noisy sine curve by gradient descent, with nothing but a POSIX shell, cat and awk.
# The score is the share of the true curve's variance that the polynomial explains: 1 is perfect.
#
# train.sh LOAD SAVE START STOP SEED LEARNING_RATE BATCH_SIZE MOMENTUM
set -eu
load=$1 save=$2 start=$3 stop=$4 seed=$5 learning_rate=$6 batch_size=$7 momentum=$8

state="0 0 0 0 0 0 0 0"                           # four weights and their velocities: a fresh start
[ -z "$load" ] || state=$(cat "$load/state")

awk -v state="$state" -v file="$save/state" -v steps="$((stop - start))" -v seed="$seed" \
    -v learning_rate="$learning_rate" -v batch_size="$batch_size" -v momentum="$momentum" '
  # The minimal standard generator of Park and Miller: the same numbers in every awk.
  function random() { return (random_state = random_state * 16807 % 2147483647) / 2147483647 }

  function predict(x) { return w[1] + x * (w[2] + x * (w[3] + x * w[4])) }

  BEGIN {
    if (split(state, saved) != 8) { print "not a saved state: " state > "/dev/stderr"; exit 1 }
    for (i = 1; i <= 4; i++) { w[i] = saved[i]; velocity[i] = saved[i + 4] }

    points = 100
    random_state = 1                              # the data are the same for every seed
    for (n = 0; n < points; n++) {
      x[n] = 2 * n / (points - 1) - 1
      truth[n] = sin(3 * x[n])
      y[n] = truth[n] + random() - 0.5
    }

    random_state = seed % 2147483646 + 1
    for (step = 0; step < steps; step++) {
      for (i = 1; i <= 4; i++) gradient[i] = 0
      for (b = 0; b < batch_size; b++) {
        n = int(random() * points)
        slope = (predict(x[n]) - y[n]) / batch_size
        for (i = 1; i <= 4; i++) { gradient[i] += slope; slope *= x[n] }
      }
      for (i = 1; i <= 4; i++) {
        velocity[i] = (momentum == "true" ? 0.9 * velocity[i] : 0) - learning_rate * gradient[i]
        w[i] += velocity[i]
      }
    }

    for (n = 0; n < points; n++) { unexplained += (predict(x[n]) - truth[n]) ^ 2; variance += truth[n] ^ 2 }
    for (i = 1; i <= 4; i++) printf "%.17g ", w[i] > file
    for (i = 1; i <= 4; i++) printf "%.17g ", velocity[i] > file
    printf "score=%.6f\n", 1 - unexplained / variance
  }'
