#include "resources.h"

// packaging/build names the commit and its date; a build by hand has none.
#ifndef MODELUX_BUILD
#define MODELUX_BUILD ""
#endif

const char *modelux_build(void) { return MODELUX_BUILD; }
