// For scripts/nfs.sh: user-mode-linux 6.1 on a processor with registers that it does not know, such as those of AMX. It
// restores the first 2,696 bytes of a process's registers, but Linux takes all of them or none. This adds the rest.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static long (*call)(enum __ptrace_request, ...);

__attribute__((constructor)) static void find(void) { call = dlsym(RTLD_NEXT, "ptrace"); }

long ptrace(enum __ptrace_request request, ...) {
  va_list rest;
  va_start(rest, request);
  pid_t process = va_arg(rest, pid_t);
  void *address = va_arg(rest, void *), *data = va_arg(rest, void *);
  va_end(rest);
  if (request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE) return call(request, process, address, data);

  // Not on the stack, which is small. The kernel has one thread.
  static char registers[1 << 16];
  struct iovec all = {registers, sizeof registers}, *known = data;
  if (call(PTRACE_GETREGSET, process, address, &all) < 0) return -1;
  memcpy(registers, known->iov_base, known->iov_len);
  return call(request, process, address, &all);
}
