// Made by packaging/embed. Do not edit: run it again.
#include "resources.h"

static const unsigned char file0[] = {
#embed "../../Resources/docs/CHANGELOG.md"
};
static const unsigned char file1[] = {
#embed "../../Resources/docs/decisions/0001-own-http-codec.md"
};
static const unsigned char file2[] = {
#embed "../../Resources/docs/decisions/0002-journal-before-sqlite.md"
};
static const unsigned char file3[] = {
#embed "../../Resources/docs/decisions/0003-two-ways-to-sqlite.md"
};
static const unsigned char file4[] = {
#embed "../../Resources/docs/decisions/0004-zstd-for-bodies.md"
};
static const unsigned char file5[] = {
#embed "../../Resources/docs/decisions/0005-uuid-version-7.md"
};
static const unsigned char file6[] = {
#embed "../../Resources/docs/decisions/0006-static-linking.md"
};
static const unsigned char file7[] = {
#embed "../../Resources/docs/decisions/0007-two-builds-in-a-test-run.md"
};
static const unsigned char file8[] = {
#embed "../../Resources/docs/operations.md"
};
static const unsigned char file9[] = {
#embed "../../Resources/docs/security.md"
};
static const unsigned char file10[] = {
#embed "../../Resources/docs/testing.md"
};
static const unsigned char file11[] = {
#embed "../../Resources/modelux.example.yaml"
};
static const unsigned char chart[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};

const modelux_resource modelux_resources[] = {
    {"docs/CHANGELOG.md", file0, sizeof file0},
    {"docs/decisions/0001-own-http-codec.md", file1, sizeof file1},
    {"docs/decisions/0002-journal-before-sqlite.md", file2, sizeof file2},
    {"docs/decisions/0003-two-ways-to-sqlite.md", file3, sizeof file3},
    {"docs/decisions/0004-zstd-for-bodies.md", file4, sizeof file4},
    {"docs/decisions/0005-uuid-version-7.md", file5, sizeof file5},
    {"docs/decisions/0006-static-linking.md", file6, sizeof file6},
    {"docs/decisions/0007-two-builds-in-a-test-run.md", file7, sizeof file7},
    {"docs/operations.md", file8, sizeof file8},
    {"docs/security.md", file9, sizeof file9},
    {"docs/testing.md", file10, sizeof file10},
    {"modelux.example.yaml", file11, sizeof file11},
    {"vendor/chart.js", chart, sizeof chart},
};

const size_t modelux_resource_count = sizeof modelux_resources / sizeof modelux_resources[0];
