// System calls that Swift's Glibc module hides, one function each. Every function returns what its call returns and
// leaves the reason for a failure in errno.
#pragma once
#include <sys/types.h>

/// renameat2(…, RENAME_NOREPLACE): gives a folder another path, unless that path exists. Where the file system does not know
/// the flag it is rename, which replaces no folder that holds anything.
int poptrain_publish_folder(const char *from, const char *to);

/// sync_file_range(…, SYNC_FILE_RANGE_WRITE): begins to write a file to the disk, and does not wait until it is there.
int poptrain_begin_writing(int file);

/// fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE): gives the room of a part of a file back to the disk; the rest stays
/// where it is.
int poptrain_free_range(int file, off_t start, off_t length);

/// lseek(…, SEEK_DATA): where in a file, from an offset on, there is something.
off_t poptrain_first_data(int file, off_t start);

/// A listening Unix domain socket at this path, closed on exec.
int poptrain_listen(const char *path);

/// accept4(…, SOCK_CLOEXEC | SOCK_NONBLOCK).
int poptrain_accept(int listener);

/// The user at the other end of a connected Unix domain socket.
int poptrain_peer_user(int connection, uid_t *user);

/// The size of the window of a terminal in characters.
int poptrain_window_size(int terminal, unsigned short *columns, unsigned short *rows);

/// sched_getaffinity: how many processors this process may run on.
int poptrain_allowed_processors(void);

/// sigaction: whether this process ignores a signal.
int poptrain_ignores(int signal);

/// pidfd_open: a descriptor that names this process and no later one of its id.
int poptrain_open_process(pid_t process);

/// pidfd_send_signal: sends a signal to the process of a descriptor.
int poptrain_signal_process(int descriptor, int signal);

/// tcsetattr: has a terminal give every key at once, and show none, until poptrain_return_keys. It gets back what it was like
/// also where this process ends, by a fault too, and while it is suspended.
int poptrain_take_keys(int terminal);

/// tcsetattr: what the terminal was like before poptrain_take_keys.
void poptrain_return_keys(void);

/// sigaction: how often a terminal has suspended this process (SIGTSTP) since this function was called first.
int poptrain_suspensions(void);
