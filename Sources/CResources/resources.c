#include "resources.h"
void modelux_resources_placeholder(void) {}
