// What cannot be avoided: the calls that an interval needs, made by a program that does nothing else.
//
// Each worker is a thread with a trainer of its own. It sends the line that asks for an interval, waits for the answer,
// publishes what was saved, removes the checkpoint before it, and has the rows of the interval committed. Workers that
// wait for a commit at the same time share one. Arguments: FOLDER DATABASE DURABLE WORKERS MEMBERS INTERVALS TRAINER...
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { maximum = 64 };

static const char *statements[] = {
    "BEGIN IMMEDIATE",
    "INSERT INTO intervals VALUES (?1, ?2, ?3, 'train', 'completed', ?4, ?5, ?3 - 1, 1, ?3 - 1, ?3, '{\"x\":0.123456789012}', "
    "?2, ?2, ?2, 4713853817253 + ?1, '{\"score\":3}', 913402, ?6, 'worker-0', NULL, 'worker-0.log', 0, 0, ?7, ?7, 50)",
    "INSERT INTO decisions VALUES (?1 + 1, ?2, ?3, ?1, 'stay', 'among the better members', "
    "'truncation/1 perturb/1', '0/3/4', ?2, NULL, NULL, NULL, NULL, NULL, NULL, '{\"x\":0.123456789012}', NULL)",
    "INSERT INTO collections SELECT ?1 + 2, ?4 WHERE ?4 IS NOT NULL",
    "INSERT OR REPLACE INTO members VALUES (?2, 'ready', ?3, ?3, ?5, '{\"x\":0.123456789012}', ?1, ?3, ?3, 0, 'train', ?2, 0, ?2, 'completed')",
    "INSERT OR REPLACE INTO members VALUES ((?2 + 1) % ?8, 'leased', ?3, ?3, ?5, '{\"x\":0.123456789012}', ?1, ?3, ?3, 0, 'train', ?2, 0, ?2, 'completed')",
    "INSERT OR REPLACE INTO leases VALUES (?6, ?2, 'worker-0', ?5)",
    "DELETE FROM leases WHERE token = ?6",
    "INSERT OR REPLACE INTO run VALUES (1, ?1 + 2, 1, ?1, 1, ?3, 1)",
    "COMMIT",
};
enum { statement_count = sizeof statements / sizeof *statements, first_row = 1, last_row = statement_count - 2 };

struct row {
  int member, number;
  char start[128], end[128];
};

static const char *folder;
static int durable, workers, members, intervals;
static char **trainer;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sqlite3 *database;
static sqlite3_stmt *prepared[statement_count];
static int sequence, leading;
static const struct row *waiting[maximum];

// How many intervals of each member have ended, and whether a worker has it.
static int *ended, *busy;

static int check(int result, const char *what) {
  if (result < 0) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
  }
  return result;
}

static void step(int statement) {
  if (sqlite3_step(prepared[statement]) != SQLITE_DONE || sqlite3_reset(prepared[statement]) != SQLITE_OK) {
    fprintf(stderr, "floor: %s: %s\n", statements[statement], sqlite3_errmsg(database));
    exit(1);
  }
}

static void open_database(const char *path) {
  if (sqlite3_open(path, &database) != SQLITE_OK) check(-1, path);
  sqlite3_exec(database, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
  sqlite3_exec(database, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF", NULL, NULL, NULL);
  for (int i = 0; i < statement_count; i++)
    if (sqlite3_prepare_v2(database, statements[i], -1, &prepared[i], NULL) != SQLITE_OK) {
      fprintf(stderr, "floor: %s: %s\n", statements[i], sqlite3_errmsg(database));
      exit(1);
    }
}

static void insert(const struct row *row) {
  struct timeval now;
  gettimeofday(&now, NULL);
  sequence += 3;
  for (int i = first_row; i <= last_row; i++) {
    sqlite3_stmt *statement = prepared[i];
    sqlite3_bind_int(statement, 1, sequence);
    sqlite3_bind_int(statement, 2, row->member);
    sqlite3_bind_int(statement, 3, row->number);
    if (row->start[0]) sqlite3_bind_text(statement, 4, row->start, -1, SQLITE_STATIC);
    else sqlite3_bind_null(statement, 4);
    sqlite3_bind_text(statement, 5, row->end, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, strrchr(row->end, '-') + 1, -1, SQLITE_STATIC);
    sqlite3_bind_double(statement, 7, now.tv_sec + now.tv_usec / 1e6);
    sqlite3_bind_int(statement, 8, members);
    step(i);
  }
}

// Commits the rows of this worker, and with them those of all that wait.
static void commit(int worker, const struct row *row) {
  pthread_mutex_lock(&mutex);
  waiting[worker] = row;
  while (waiting[worker]) {
    if (leading) {
      pthread_cond_wait(&changed, &mutex);
      continue;
    }
    leading = 1;
    const struct row *together[maximum];
    memcpy(together, waiting, sizeof together);
    pthread_mutex_unlock(&mutex);
    step(0);
    for (int i = 0; i < workers; i++)
      if (together[i]) insert(together[i]);
    step(statement_count - 1);
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < workers; i++)
      if (together[i]) waiting[i] = NULL;
    leading = 0;
    pthread_cond_broadcast(&changed);
  }
  pthread_mutex_unlock(&mutex);
}

// Takes the least advanced member that no worker has; false where nothing is left.
static int take(struct row *row) {
  pthread_mutex_lock(&mutex);
  int least = -1;
  for (int i = 0; i < members; i++)
    if (!busy[i] && ended[i] < intervals && (least < 0 || ended[i] < ended[least])) least = i;
  if (least >= 0) {
    busy[least] = 1;
    *row = (struct row){.member = least, .number = ended[least] + 1};
  }
  pthread_mutex_unlock(&mutex);
  return least >= 0;
}

static void give_back(const struct row *row) {
  pthread_mutex_lock(&mutex);
  ended[row->member] = row->number;
  busy[row->member] = 0;
  pthread_mutex_unlock(&mutex);
}

static char *path(char *into, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(into, 1024, format, arguments);
  va_end(arguments);
  return into;
}

// Names in no order, as random ones are.
static void name(char *into, int member, int number) {
  unsigned long long index = (unsigned long long)(number - 1) * members + member + 1;
  snprintf(into, 128, "%d-%d-%016llx%016llx", member, number, index * 0x9e3779b97f4a7c15, index * 0xd1342543de82ef95);
}

static void flush_and_close(int descriptor) {
  if (durable) check(fsync(descriptor), "fsync");
  close(descriptor);
}

static void publish(const char *incoming, const char *published) {
  static const char manifest[] = "{\"version\":1,\"files\":[{\"path\":\"model\",\"bytes\":1024,\"xxh3\":\"445dc7a1b2c3d4e5\"}]}";
  int descriptor = check(open(incoming, O_RDONLY | O_DIRECTORY), incoming);
  int model = check(openat(descriptor, "model", O_RDONLY), "model");
  check(fchmod(model, 0444), "chmod");
  flush_and_close(model);
  int file = check(openat(descriptor, ".manifest.json", O_WRONLY | O_CREAT | O_EXCL, 0444), "manifest");
  check(write(file, manifest, sizeof manifest - 1), "write");
  flush_and_close(file);
  flush_and_close(descriptor);
  check(rename(incoming, published), "rename");
  check(chmod(published, 0555), "chmod");
  if (durable) flush_and_close(check(open(folder, O_RDONLY | O_DIRECTORY), folder));
}

static void delete(const char *published) {
  check(chmod(published, 0755), "chmod");
  int descriptor = check(open(published, O_RDONLY | O_DIRECTORY), published);
  check(unlinkat(descriptor, "model", 0), "unlink");
  check(unlinkat(descriptor, ".manifest.json", 0), "unlink");
  close(descriptor);
  check(rmdir(published), "rmdir");
}

static int start_trainer(pid_t *process) {
  int ends[2];
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
  *process = check(fork(), "fork");
  if (*process == 0) {
    dup2(ends[1], 0);
    execv(trainer[0], trainer);
    _exit(127);
  }
  close(ends[1]);
  return ends[0];
}

static void *work(void *argument) {
  int worker = (int)(long)argument;
  pid_t process;
  int connection = start_trainer(&process);
  char line[4096], incoming[1024], published[1024], old[1024];
  struct row row;
  while (take(&row)) {
    name(row.end, row.member, row.number);
    if (row.number > 1) name(row.start, row.member, row.number - 1);
    path(incoming, "%s/.incoming/%s", folder, row.end);
    path(published, "%s/%s", folder, row.end);
    path(old, "%s/%s", folder, row.start);
    check(mkdir(incoming, 0755), incoming);
    int length = snprintf(line, sizeof line,
        "{\"type\":\"train\",\"intervals\":[{\"id\":\"%s\",\"member\":%d,\"number\":%d,\"kind\":\"train\",\"start\":%d,\"stop\":%d,"
        "\"total_steps\":%d,\"seed\":913402,\"hyperparameters\":{\"x\":0.123456789012},\"checkpoint\":\"%s\",\"parent\":\"%s\","
        "\"warm\":false,\"save_to\":\"%s\"}]}\n",
        row.end, row.member, row.number, row.number - 1, row.number, intervals, old, row.start, incoming);
    check(send(connection, line, length, 0), "send");
    int answered = 0;
    while (!answered) {
      int count = check(recv(connection, line, sizeof line, 0), "receive");
      if (count == 0) exit(1);
      answered = line[count - 1] == '\n';
    }
    publish(incoming, published);
    commit(worker, &row);
    if (row.start[0]) delete(old);
    give_back(&row);
  }
  shutdown(connection, SHUT_RDWR);
  waitpid(process, NULL, 0);
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 8) return 64;
  folder = arguments[1];
  durable = atoi(arguments[3]);
  workers = atoi(arguments[4]);
  members = atoi(arguments[5]);
  intervals = atoi(arguments[6]);
  trainer = arguments + 7;
  if (workers > maximum) return 64;
  ended = calloc(members, sizeof *ended);
  busy = calloc(members, sizeof *busy);
  open_database(arguments[2]);
  char incoming[1024];
  check(mkdir(path(incoming, "%s/.incoming", folder), 0755), incoming);
  pthread_t threads[maximum];
  for (long i = 0; i < workers; i++) pthread_create(&threads[i], NULL, work, (void *)i);
  for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);
  return sqlite3_close_v2(database) != SQLITE_OK;
}
