// Made by packaging/embed. Do not edit: run it again.
#include "resources.h"

static const unsigned char file0[] = {
#embed "../../Resources/modelux.example.yaml"
};
static const unsigned char chart[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};

const modelux_resource modelux_resources[] = {
    {"modelux.example.yaml", file0, sizeof file0},
    {"vendor/chart.js", chart, sizeof chart},
};

const size_t modelux_resource_count = sizeof modelux_resources / sizeof modelux_resources[0];
