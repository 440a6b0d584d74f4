#ifndef MODELUX_LINUX_H
#define MODELUX_LINUX_H

/// Keeps the process's memory, and so the secrets in it, out of core dumps and away from debuggers of the same user.
/// (`prctl` takes variable arguments, which Swift cannot call.) Returns 0, or -1 with errno set.
int modelux_forbid_dumps(void);

/// How many processor cores this process may run on, by its affinity mask; 0 when the kernel does not tell. (glibc
/// declares the call behind _GNU_SOURCE, which Swift does not define.)
int modelux_usable_cores(void);

/// Nanoseconds of the calling thread's own work. (Both Glibc and a module of NIO define `timespec` for Swift, and which
/// one counts depends on what is compiled beside it.)
long long modelux_thread_nanoseconds(void);

/// Microseconds since 1970 by the wall clock; here for the same reason.
long long modelux_wall_microseconds(void);

#endif
