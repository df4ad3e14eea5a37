/* Trains a small neural network without gradients, to show that a trainer can be any program.

   The network (2 inputs, 10 tanh units, 1 output) tells two interleaved half-moons apart. A step makes 20 proposals:
   each changes some of the weights at random and is kept where the loss on the training points falls. Large changes
   pay at first, small ones at the end, so the hyperparameters are better changed while training.

   hillclimb --load=DIR --save=DIR --start=N --stop=N --seed=N --result=FILE
             --scale=X --noise=gaussian|uniform|cauchy --changes=N
*/

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 2, UNITS = 10, WEIGHTS = UNITS * (INPUTS + 2) + 1, POINTS = 300, PROPOSALS = 20 };

static const double PI = 3.14159265358979323846;

static _Noreturn void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("hillclimb: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(EXIT_FAILURE);
}

/* Random numbers: SplitMix64. */

typedef struct {
  uint64_t state;
} Random;

static uint64_t next(Random *random) {
  uint64_t z = random->state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/* Between 0 and 1, and neither of them. */
static double uniform(Random *random) { return ((double)(next(random) >> 11) + 0.5) * 0x1p-53; }

static double gaussian(Random *random) {
  double radius = sqrt(-2 * log(uniform(random)));
  return radius * cos(2 * PI * uniform(random));
}

/* A uniform number of the same standard deviation as the normal one. */
static double uniform_noise(Random *random) { return sqrt(12) * (uniform(random) - 0.5); }

/* Most changes small, a few very large. */
static double cauchy(Random *random) { return tan(PI * (uniform(random) - 0.5)); }

/* The data: two half-moons, blurred. The same points for a seed, always. */

typedef struct {
  double x, y;
  int label;
} Point;

static void make_points(Point points[POINTS], uint64_t seed) {
  Random random = {seed};
  for (int i = 0; i < POINTS; i++) {
    double angle = PI * uniform(&random);
    points[i].label = i % 2;
    points[i].x = (i % 2 ? 1 - cos(angle) : cos(angle)) + 0.2 * gaussian(&random);
    points[i].y = (i % 2 ? 0.5 - sin(angle) : sin(angle)) + 0.2 * gaussian(&random);
  }
}

/* The network. */

static double output(const double weights[WEIGHTS], Point point) {
  double sum = weights[WEIGHTS - 1];
  for (int unit = 0; unit < UNITS; unit++) {
    const double *w = weights + unit * (INPUTS + 2);
    sum += w[3] * tanh(w[0] * point.x + w[1] * point.y + w[2]);
  }
  return sum;
}

/* The mean cross entropy; the share of points on the right side goes into `accuracy`. */
static double evaluate(const double weights[WEIGHTS], const Point points[POINTS], double *accuracy) {
  double loss = 0;
  int right = 0;
  for (int i = 0; i < POINTS; i++) {
    double margin = output(weights, points[i]) * (points[i].label ? 1 : -1);
    loss += margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
    right += margin > 0;
  }
  *accuracy = (double)right / POINTS;
  return loss / POINTS;
}

/* Checkpoints: the weights, as they are in memory. */

static void path_of_weights(char path[4096], const char *folder) {
  if (snprintf(path, 4096, "%s/weights.bin", folder) >= 4096) fail("the path of %s is too long", folder);
}

static void load(double weights[WEIGHTS], const char *folder) {
  char path[4096];
  path_of_weights(path, folder);
  FILE *file = fopen(path, "rb");
  if (!file) fail("cannot read %s: %s", path, strerror(errno));
  size_t count = fread(weights, sizeof *weights, WEIGHTS, file);
  if (count != WEIGHTS || fgetc(file) != EOF) fail("%s does not hold %d weights", path, WEIGHTS);
  fclose(file);
}

static void save(const double weights[WEIGHTS], const char *folder) {
  char path[4096];
  path_of_weights(path, folder);
  FILE *file = fopen(path, "wb");
  if (!file) fail("cannot write %s: %s", path, strerror(errno));
  size_t count = fwrite(weights, sizeof *weights, WEIGHTS, file);
  if (fclose(file) != 0 || count != WEIGHTS) fail("cannot write %s: %s", path, strerror(errno));
}

static void write_result(const char *path, double loss, double accuracy) {
  FILE *file = fopen(path, "w");
  if (!file) fail("cannot write %s: %s", path, strerror(errno));
  int written = fprintf(file, "{\"loss\": %.17g, \"accuracy\": %.17g}\n", loss, accuracy);
  if (fclose(file) != 0 || written < 0) fail("cannot write %s: %s", path, strerror(errno));
}

/* Arguments: all of the form --name=value, all needed. */

static const char *text(int argc, char **argv, const char *name) {
  size_t length = strlen(name);
  for (int i = 1; i < argc; i++)
    if (strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, name, length) == 0 && argv[i][2 + length] == '=')
      return argv[i] + 2 + length + 1;
  fail("--%s=... is missing", name);
}

static double number(int argc, char **argv, const char *name, double least, double most) {
  const char *value = text(argc, argv, name);
  char *end;
  double result = strtod(value, &end);
  if (end == value || *end || !(result >= least && result <= most))
    fail("--%s=%s is not a number from %g to %g", name, value, least, most);
  return result;
}

static long integer(int argc, char **argv, const char *name, long least, long most) {
  double result = number(argc, argv, name, (double)least, (double)most);
  if (result != floor(result)) fail("--%s=%g is not an integer", name, result);
  return (long)result;
}

int main(int argc, char **argv) {
  const char *load_from = text(argc, argv, "load"), *save_to = text(argc, argv, "save");
  const char *result = text(argc, argv, "result");
  long start = integer(argc, argv, "start", 0, 1L << 53), stop = integer(argc, argv, "stop", start, 1L << 53);
  Random random = {(uint64_t)integer(argc, argv, "seed", 0, UINT32_MAX)};

  double scale = number(argc, argv, "scale", 0, 1e9);
  long changes = integer(argc, argv, "changes", 1, WEIGHTS);
  const char *name = text(argc, argv, "noise");
  double (*noise)(Random *);
  if (strcmp(name, "gaussian") == 0) noise = gaussian;
  else if (strcmp(name, "uniform") == 0) noise = uniform_noise;
  else if (strcmp(name, "cauchy") == 0) noise = cauchy;
  else fail("--noise=%s is none of gaussian, uniform, cauchy", name);

  double weights[WEIGHTS], accuracy;
  if (*load_from) load(weights, load_from);
  else
    for (int i = 0; i < WEIGHTS; i++) weights[i] = 0.1 * gaussian(&random);

  Point training[POINTS], validation[POINTS];
  make_points(training, 1);
  make_points(validation, 2);

  double loss = evaluate(weights, training, &accuracy);
  for (long i = 0; i < (stop - start) * PROPOSALS; i++) {
    double proposal[WEIGHTS];
    memcpy(proposal, weights, sizeof proposal);
    for (long change = 0; change < changes; change++)
      proposal[next(&random) % WEIGHTS] += scale * noise(&random);
    double proposed = evaluate(proposal, training, &accuracy);
    if (proposed < loss) {
      memcpy(weights, proposal, sizeof weights);
      loss = proposed;
    }
  }

  save(weights, save_to);
  loss = evaluate(weights, validation, &accuracy);
  write_result(result, loss, accuracy);
  return EXIT_SUCCESS;
}
