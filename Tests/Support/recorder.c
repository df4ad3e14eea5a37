// Records what a program and its children change below one folder, in order, with the data.
//
//   LD_PRELOAD=recorder.so RECORDER_ROOT=/folder RECORDER_LOG=/log program …
//
// With RECORDER_KILL="engine 17 /file" the program is killed after its 17th change, with "trainer 17 /file" a child after its
// 17th, with "both 17 /file" both then. It happens once: who removes the file does it.
//
// Each change and its entry in the log are made under one lock, so that the order of the log is the order in which it
// happened, over all threads and processes. Files and folders are told by their inode. Modes are not recorded, nor is
// SQLite's memory of locks (-shm), which is made again after a crash.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static size_t root_length;
static int journal = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static struct {
  char victim[16];
  long changes;
  char once[PATH_MAX];
  int is_engine;
  pid_t engine;
} plan;

static int (*raw_open)(const char *, int, ...);

__attribute__((constructor)) static void begin(void) {
  *(void **)&raw_open = dlsym(RTLD_NEXT, "open");
  const char *folder = getenv("RECORDER_ROOT"), *path = getenv("RECORDER_LOG");
  if (!folder || !path || !realpath(folder, root)) return;
  root_length = strlen(root);
  int low = raw_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  // Out of the way of programs that close or replace low descriptors.
  journal = fcntl(low, F_DUPFD_CLOEXEC, 700);
  close(low);

  plan.is_engine = strcmp(program_invocation_short_name, "poptrain") == 0;
  char pid[16];
  snprintf(pid, sizeof pid, "%d", (int)getpid());
  if (plan.is_engine) setenv("RECORDER_ENGINE", pid, 1);
  plan.engine = getenv("RECORDER_ENGINE") ? atoi(getenv("RECORDER_ENGINE")) : 0;
  const char *kill = getenv("RECORDER_KILL");
  if (kill && sscanf(kill, "%15s %ld %4095s", plan.victim, &plan.changes, plan.once) != 3) abort();
}

// Ends who is to be ended after this change.
static void after_change(void) {
  if (!plan.changes || plan.is_engine != (strcmp(plan.victim, "engine") == 0) || --plan.changes) return;
  REAL(int, "unlink", const char *);
  if (real(plan.once) != 0) return;
  if (strcmp(plan.victim, "both") == 0 && plan.engine) kill(plan.engine, SIGKILL);
  kill(getpid(), SIGKILL);
}

static void lock(void) {
  if (journal < 0) return;
  pthread_mutex_lock(&mutex);
  while (flock(journal, LOCK_EX) != 0 && errno == EINTR) {}
}

static void unlock(void) {
  int saved = errno;
  if (journal >= 0) {
    flock(journal, LOCK_UN);
    pthread_mutex_unlock(&mutex);
  }
  errno = saved;
}

// A child that is forked while another thread holds the lock must not wait for that thread.
static void in_child(void) { pthread_mutex_init(&mutex, NULL); }
__attribute__((constructor)) static void at_fork(void) { pthread_atfork(NULL, NULL, in_child); }

static void put(char kind, uint64_t a, uint64_t b, const void *name, size_t name_length, const void *data, size_t length) {
  struct __attribute__((packed)) { uint64_t kind, a, b, name_length, length; } head = {
    (uint64_t)kind, a, b, name_length, length};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)name, name_length}, {(void *)data, length}};
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  if (real(journal, parts, 3) != (ssize_t)(sizeof head + name_length + length)) abort();
  after_change();
}

static int is_below(const char *path) {
  return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int path_of(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}

static int is_shared_memory(const char *path) {
  size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0;
}

// The inode of an open file or folder that is recorded; 0: it is none.
static uint64_t recorded(int descriptor) {
  int saved = errno;
  char path[PATH_MAX];
  struct stat status;
  uint64_t inode = 0;
  if (journal >= 0 && path_of(descriptor, path) && is_below(path) && !is_shared_memory(path)
      && fstat(descriptor, &status) == 0)
    inode = status.st_ino;
  errno = saved;
  return inode;
}

struct place {
  uint64_t folder;
  char name[NAME_MAX + 1];
  // What is there: 0: nothing.
  uint64_t inode;
};

// Finds the folder and the name of a path. False: it is not recorded.
static int find(int at, const char *path, struct place *place) {
  if (journal < 0) return 0;
  int saved = errno, found = 0;
  char folder[PATH_MAX], whole[PATH_MAX];
  if (strlen(path) >= sizeof folder) return 0;
  strcpy(folder, path);
  size_t length = strlen(folder);
  while (length > 1 && folder[length - 1] == '/') folder[--length] = 0;
  char *slash = strrchr(folder, '/');
  const char *name = slash ? slash + 1 : folder;
  if (strlen(name) <= NAME_MAX && *name) {
    strcpy(place->name, name);
    if (slash == folder) strcpy(folder, "/");
    else if (slash) *slash = 0;
    else strcpy(folder, ".");
    REAL(int, "openat", int, const char *, int, ...);
    int descriptor = real(at, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    if (descriptor >= 0) {
      if (path_of(descriptor, whole) && is_below(whole) && fstat(descriptor, &status) == 0
          && !is_shared_memory(place->name)) {
        place->folder = status.st_ino;
        place->inode = fstatat(descriptor, place->name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
        found = 1;
      }
      close(descriptor);
    }
  }
  errno = saved;
  return found;
}

static void created(const struct place *place, char kind, uint64_t inode, const char *target) {
  put(kind, place->folder, inode, place->name, strlen(place->name), target, target ? strlen(target) : 0);
}

static void opened(struct place *place, int descriptor, int flags) {
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status) != 0) return;
  if (!place->inode) created(place, 'f', status.st_ino, NULL);
  else if (flags & O_TRUNC) put('t', status.st_ino, 0, NULL, 0, NULL, 0);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); }

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    MODE(flags) \
    REAL(int, #name, const char *, int, ...); \
    struct place place; \
    if (!(flags & (O_CREAT | O_TRUNC))) return real(path, flags, mode); \
    lock(); \
    int is_recorded = find(AT_FDCWD, path, &place); \
    int descriptor = real(path, flags, mode); \
    if (is_recorded) opened(&place, descriptor, flags); \
    unlock(); \
    return descriptor; \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    MODE(flags) \
    REAL(int, #name, int, const char *, int, ...); \
    struct place place; \
    if (!(flags & (O_CREAT | O_TRUNC))) return real(at, path, flags, mode); \
    lock(); \
    int is_recorded = find(at, path, &place); \
    int descriptor = real(at, path, flags, mode); \
    if (is_recorded) opened(&place, descriptor, flags); \
    unlock(); \
    return descriptor; \
  }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

#define MAKE_TEMPORARY(name, parameters, arguments) \
  int name parameters { \
    int (*real) parameters; \
    *(void **)&real = dlsym(RTLD_NEXT, #name); \
    struct place place; \
    lock(); \
    int descriptor = real arguments; \
    if (descriptor >= 0 && find(AT_FDCWD, path, &place)) { place.inode = 0; opened(&place, descriptor, O_CREAT); } \
    unlock(); \
    return descriptor; \
  }
MAKE_TEMPORARY(mkstemp, (char *path), (path))
MAKE_TEMPORARY(mkstemp64, (char *path), (path))
MAKE_TEMPORARY(mkostemp, (char *path, int flags), (path, flags))
MAKE_TEMPORARY(mkostemp64, (char *path, int flags), (path, flags))
MAKE_TEMPORARY(mkstemps, (char *path, int suffix), (path, suffix))

#define FOPEN(name) \
  FILE *name(const char *path, const char *mode) { \
    REAL(FILE *, #name, const char *, const char *); \
    struct place place; \
    lock(); \
    int is_recorded = *mode != 'r' && find(AT_FDCWD, path, &place); \
    /* What stdio writes goes past this library: nothing below the folder may be written so. */ \
    if (is_recorded) { fprintf(stderr, "recorder: %s is written by stdio\n", path); abort(); } \
    FILE *file = real(path, mode); \
    unlock(); \
    return file; \
  }
FOPEN(fopen)
FOPEN(fopen64)

// Records what was just written, which ends where the descriptor stands; or a line for the terminal, which only the
// program itself prints there.
static void written(int descriptor, const void *data, ssize_t count) {
  if (journal < 0 || count <= 0) return;
  uint64_t inode = recorded(descriptor);
  if (inode) put('w', inode, (uint64_t)(lseek(descriptor, 0, SEEK_CUR) - count), NULL, 0, data, (size_t)count);
  else if (descriptor == 1) put('m', 0, 0, NULL, 0, data, (size_t)count);
}

ssize_t write(int descriptor, const void *data, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  lock();
  ssize_t count = real(descriptor, data, length);
  int saved = errno;
  written(descriptor, data, count);
  errno = saved;
  unlock();
  return count;
}

ssize_t writev(int descriptor, const struct iovec *parts, int number) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  if (!recorded(descriptor)) return real(descriptor, parts, number);
  // Legal, if short: the first part alone.
  return number > 0 ? write(descriptor, parts[0].iov_base, parts[0].iov_len) : 0;
}

#define PWRITE(name, offset_type) \
  ssize_t name(int descriptor, const void *data, size_t length, offset_type offset) { \
    REAL(ssize_t, #name, int, const void *, size_t, offset_type); \
    lock(); \
    ssize_t count = real(descriptor, data, length, offset); \
    int saved = errno; \
    uint64_t inode = count > 0 ? recorded(descriptor) : 0; \
    if (inode) put('w', inode, (uint64_t)offset, NULL, 0, data, (size_t)count); \
    errno = saved; \
    unlock(); \
    return count; \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

// Not supported, legally: programs then write.
ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t length, unsigned flags) {
  (void)in, (void)in_offset, (void)out, (void)out_offset, (void)length, (void)flags;
  errno = EXDEV;
  return -1;
}
ssize_t sendfile(int out, int in, off_t *offset, size_t length) {
  (void)in, (void)offset, (void)length, (void)out;
  errno = EINVAL;
  return -1;
}
#define TRUNCATE(name, offset_type) \
  int name(int descriptor, offset_type length) { \
    REAL(int, #name, int, offset_type); \
    lock(); \
    int result = real(descriptor, length); \
    uint64_t inode = result == 0 ? recorded(descriptor) : 0; \
    if (inode) put('t', inode, (uint64_t)length, NULL, 0, NULL, 0); \
    unlock(); \
    return result; \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name) \
  int name(int descriptor) { \
    REAL(int, #name, int); \
    lock(); \
    int result = real(descriptor); \
    uint64_t inode = result == 0 ? recorded(descriptor) : 0; \
    if (inode) put('s', inode, 0, NULL, 0, NULL, 0); \
    unlock(); \
    return result; \
  }
SYNC(fsync)
SYNC(fdatasync)

static int removed(int at, const char *path, int (*remove)(int, const char *, int), int flags) {
  struct place place;
  lock();
  int is_recorded = find(at, path, &place);
  int result = remove(at, path, flags);
  if (result == 0 && is_recorded) put('u', place.folder, 0, place.name, strlen(place.name), NULL, 0);
  unlock();
  return result;
}

int unlinkat(int at, const char *path, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  return removed(at, path, real, flags);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

int mkdirat(int at, const char *path, mode_t mode) {
  REAL(int, "mkdirat", int, const char *, mode_t);
  struct place place;
  lock();
  int is_recorded = find(at, path, &place);
  int result = real(at, path, mode);
  if (result == 0 && is_recorded && find(at, path, &place)) created(&place, 'd', place.inode, NULL);
  unlock();
  return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int symlinkat(const char *target, int at, const char *path) {
  REAL(int, "symlinkat", const char *, int, const char *);
  struct place place;
  lock();
  int result = real(target, at, path);
  if (result == 0 && find(at, path, &place)) created(&place, 'l', place.inode, target);
  unlock();
  return result;
}
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
  struct place source, destination;
  lock();
  int has_source = find(from_at, from, &source), has_destination = find(to_at, to, &destination);
  if (has_source != has_destination) { fprintf(stderr, "recorder: %s is moved in or out\n", from); abort(); }
  int result = real(from_at, from, to_at, to, flags);
  if (result == 0 && has_source) {
    char names[2 * NAME_MAX + 2];
    int length = snprintf(names, sizeof names, "%s/%s", source.name, destination.name);
    put('r', source.folder, destination.folder, names, (size_t)length, NULL, 0);
  }
  unlock();
  return result;
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return renameat2(from_at, from, to_at, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  struct place place;
  if (find(to_at, to, &place)) { fprintf(stderr, "recorder: %s is a hard link\n", to); abort(); }
  REAL(int, "linkat", int, const char *, int, const char *, int);
  return real(from_at, from, to_at, to, flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
