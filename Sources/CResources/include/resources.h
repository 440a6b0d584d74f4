#ifndef MODELUX_RESOURCES_H
#define MODELUX_RESOURCES_H

#include <stddef.h>

/// One file inside the executable: where it lay under Resources/, and its bytes (never empty, not terminated).
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t length;
} modelux_resource;

/// Every embedded file; the list is made by packaging/embed.
extern const modelux_resource modelux_resources[];

/// How many there are.
extern const size_t modelux_resource_count;

/// The file at a position of the list, which must be less than the count. (Swift cannot see an array without length.)
static inline modelux_resource modelux_resource_at(size_t position) {
    return modelux_resources[position];
}

/// The commit and its date, `0123abc 2026-11-23`; empty when the program was not built by packaging/build.
const char *modelux_build(void);

#endif
