#define _GNU_SOURCE
#include "CPoptrain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int poptrain_rename_no_replace(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
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
