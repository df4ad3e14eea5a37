#define _GNU_SOURCE
#include "CPoptrain.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

int poptrain_publish_folder(const char *from, const char *to) {
  int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  // NFS, GlusterFS and CephFS do not know the flag.
  if (result < 0 && (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) result = rename(from, to);
  return result;
}

int poptrain_begin_writing(int file) { return sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE); }

int poptrain_free_range(int file, off_t start, off_t length) {
  return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, length);
}

off_t poptrain_first_data(int file, off_t start) { return lseek(file, start, SEEK_DATA); }

int poptrain_listen(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return -1;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0) {
    int reason = errno;
    close(listener);
    errno = reason;
    return -1;
  }
  return listener;
}

int poptrain_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int poptrain_peer_user(int connection, uid_t *user) {
  struct ucred credentials;
  socklen_t length = sizeof credentials;
  int result = getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length);
  if (result == 0) *user = credentials.uid;
  return result;
}

int poptrain_window_size(int terminal, unsigned short *columns, unsigned short *rows) {
  struct winsize size;
  int result = ioctl(terminal, TIOCGWINSZ, &size);
  if (result == 0) {
    *columns = size.ws_col;
    *rows = size.ws_row;
  }
  return result;
}

int poptrain_allowed_processors(void) {
  // The call fails while the set has fewer places than the kernel has processors.
  for (int places = 1024; places <= 1 << 20; places *= 2) {
    cpu_set_t *set = CPU_ALLOC(places);
    if (set == NULL) return -1;
    size_t size = CPU_ALLOC_SIZE(places);
    int result = sched_getaffinity(0, size, set);
    int count = result == 0 ? CPU_COUNT_S(size, set) : -1;
    CPU_FREE(set);
    if (result == 0 || errno != EINVAL) return count;
  }
  return -1;
}

int poptrain_ignores(int signal) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int poptrain_open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int poptrain_signal_process(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}
