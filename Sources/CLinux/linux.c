#define _GNU_SOURCE
#include "linux.h"

#include <sched.h>
#include <sys/prctl.h>

int modelux_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int modelux_usable_cores(void) {
    cpu_set_t mask;
    return sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : 0;
}
