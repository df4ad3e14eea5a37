#define _GNU_SOURCE
#include "CPoptrain.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static const int faults[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP};
enum { fault_count = sizeof faults / sizeof *faults };

static struct sigaction before[fault_count];
static struct termios original;
static volatile sig_atomic_t taken = -1;
static volatile sig_atomic_t suspensions = 0;

void poptrain_return_keys(void) {
  int terminal = taken;
  taken = -1;
  if (terminal >= 0) tcsetattr(terminal, TCSANOW, &original);
}

// Gives the terminal back, and passes the fault on to the handler that was there before.
static void end(int fault) {
  poptrain_return_keys();
  for (int i = 0; i < fault_count; i++) {
    if (faults[i] == fault) sigaction(fault, &before[i], NULL);
  }
  raise(fault);
}

static void suspend(int signal) {
  (void)signal;
  poptrain_return_keys();
  suspensions++;
  raise(SIGSTOP);
}

int poptrain_suspensions(void) {
  static int is_prepared = 0;
  if (!is_prepared) {
    is_prepared = 1;
    struct sigaction action = {.sa_handler = suspend, .sa_flags = SA_RESTART};
    if (!poptrain_ignores(SIGTSTP)) sigaction(SIGTSTP, &action, NULL);
  }
  return suspensions;
}

int poptrain_take_keys(int terminal) {
  // In the background this would stop the process.
  if (tcgetpgrp(terminal) != getpgrp() || taken >= 0) return 0;
  if (tcgetattr(terminal, &original) < 0) return -1;
  static int is_prepared = 0;
  if (!is_prepared) {
    is_prepared = 1;
    atexit(poptrain_return_keys);
    struct sigaction ending = {.sa_handler = end};
    for (int i = 0; i < fault_count; i++) sigaction(faults[i], &ending, &before[i]);
    poptrain_suspensions();
  }
  struct termios changed = original;
  changed.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  changed.c_cc[VMIN] = 1;
  changed.c_cc[VTIME] = 0;
  taken = terminal;
  return tcsetattr(terminal, TCSANOW, &changed);
}
