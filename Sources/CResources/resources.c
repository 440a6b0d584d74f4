// Made by packaging/embed. Do not edit: run it again.
#include "resources.h"

static const unsigned char file0[] = {
#embed "../../Resources/catalog.json"
};
static const unsigned char file1[] = {
#embed "../../Resources/dashboard/api.js"
};
static const unsigned char file2[] = {
#embed "../../Resources/dashboard/app.js"
};
static const unsigned char file3[] = {
#embed "../../Resources/dashboard/bodies.js"
};
static const unsigned char file4[] = {
#embed "../../Resources/dashboard/curl.js"
};
static const unsigned char file5[] = {
#embed "../../Resources/dashboard/feed.js"
};
static const unsigned char file6[] = {
#embed "../../Resources/dashboard/filters.js"
};
static const unsigned char file7[] = {
#embed "../../Resources/dashboard/format.js"
};
static const unsigned char file8[] = {
#embed "../../Resources/dashboard/html.js"
};
static const unsigned char file9[] = {
#embed "../../Resources/dashboard/icon.svg"
};
static const unsigned char file10[] = {
#embed "../../Resources/dashboard/index.html"
};
static const unsigned char file11[] = {
#embed "../../Resources/dashboard/keys.js"
};
static const unsigned char file12[] = {
#embed "../../Resources/dashboard/live.js"
};
static const unsigned char file13[] = {
#embed "../../Resources/dashboard/pages/overview.js"
};
static const unsigned char file14[] = {
#embed "../../Resources/dashboard/pages/request.js"
};
static const unsigned char file15[] = {
#embed "../../Resources/dashboard/pages/requests.js"
};
static const unsigned char file16[] = {
#embed "../../Resources/dashboard/pages/setup.js"
};
static const unsigned char file17[] = {
#embed "../../Resources/dashboard/pages/sign-in.js"
};
static const unsigned char file18[] = {
#embed "../../Resources/dashboard/pages/system.js"
};
static const unsigned char file19[] = {
#embed "../../Resources/dashboard/parts/cells.js"
};
static const unsigned char file20[] = {
#embed "../../Resources/dashboard/parts/chart-style.js"
};
static const unsigned char file21[] = {
#embed "../../Resources/dashboard/parts/chart.js"
};
static const unsigned char file22[] = {
#embed "../../Resources/dashboard/parts/choice.js"
};
static const unsigned char file23[] = {
#embed "../../Resources/dashboard/parts/conversation.js"
};
static const unsigned char file24[] = {
#embed "../../Resources/dashboard/parts/copy.js"
};
static const unsigned char file25[] = {
#embed "../../Resources/dashboard/parts/cost-split.js"
};
static const unsigned char file26[] = {
#embed "../../Resources/dashboard/parts/filter-bar.js"
};
static const unsigned char file27[] = {
#embed "../../Resources/dashboard/parts/filter-field.js"
};
static const unsigned char file28[] = {
#embed "../../Resources/dashboard/parts/first-call.js"
};
static const unsigned char file29[] = {
#embed "../../Resources/dashboard/parts/grid.js"
};
static const unsigned char file30[] = {
#embed "../../Resources/dashboard/parts/icon.js"
};
static const unsigned char file31[] = {
#embed "../../Resources/dashboard/parts/json.js"
};
static const unsigned char file32[] = {
#embed "../../Resources/dashboard/parts/latest-failures.js"
};
static const unsigned char file33[] = {
#embed "../../Resources/dashboard/parts/metric.js"
};
static const unsigned char file34[] = {
#embed "../../Resources/dashboard/parts/no-requests.js"
};
static const unsigned char file35[] = {
#embed "../../Resources/dashboard/parts/overview-metrics.js"
};
static const unsigned char file36[] = {
#embed "../../Resources/dashboard/parts/project-select.js"
};
static const unsigned char file37[] = {
#embed "../../Resources/dashboard/parts/rail-foot.js"
};
static const unsigned char file38[] = {
#embed "../../Resources/dashboard/parts/request-facts.js"
};
static const unsigned char file39[] = {
#embed "../../Resources/dashboard/parts/request-table.js"
};
static const unsigned char file40[] = {
#embed "../../Resources/dashboard/parts/shell.js"
};
static const unsigned char file41[] = {
#embed "../../Resources/dashboard/parts/states.js"
};
static const unsigned char file42[] = {
#embed "../../Resources/dashboard/parts/table-frame.js"
};
static const unsigned char file43[] = {
#embed "../../Resources/dashboard/parts/table.js"
};
static const unsigned char file44[] = {
#embed "../../Resources/dashboard/parts/time-range.js"
};
static const unsigned char file45[] = {
#embed "../../Resources/dashboard/parts/toast.js"
};
static const unsigned char file46[] = {
#embed "../../Resources/dashboard/parts/top-models.js"
};
static const unsigned char file47[] = {
#embed "../../Resources/dashboard/parts/trace.js"
};
static const unsigned char file48[] = {
#embed "../../Resources/dashboard/parts/waterfall.js"
};
static const unsigned char file49[] = {
#embed "../../Resources/dashboard/router.js"
};
static const unsigned char file50[] = {
#embed "../../Resources/dashboard/routes.js"
};
static const unsigned char file51[] = {
#embed "../../Resources/dashboard/series.js"
};
static const unsigned char file52[] = {
#embed "../../Resources/dashboard/state.js"
};
static const unsigned char file53[] = {
#embed "../../Resources/dashboard/styles/base.css"
};
static const unsigned char file54[] = {
#embed "../../Resources/dashboard/styles/layout.css"
};
static const unsigned char file55[] = {
#embed "../../Resources/dashboard/styles/pages.css"
};
static const unsigned char file56[] = {
#embed "../../Resources/dashboard/styles/parts.css"
};
static const unsigned char file57[] = {
#embed "../../Resources/dashboard/styles/tokens.css"
};
static const unsigned char file58[] = {
#embed "../../Resources/dashboard/theme.js"
};
static const unsigned char file59[] = {
#embed "../../Resources/docs/CHANGELOG.md"
};
static const unsigned char file60[] = {
#embed "../../Resources/docs/architecture.md"
};
static const unsigned char file61[] = {
#embed "../../Resources/docs/decisions/0001-own-http-codec.md"
};
static const unsigned char file62[] = {
#embed "../../Resources/docs/decisions/0002-journal-before-sqlite.md"
};
static const unsigned char file63[] = {
#embed "../../Resources/docs/decisions/0003-two-ways-to-sqlite.md"
};
static const unsigned char file64[] = {
#embed "../../Resources/docs/decisions/0004-zstd-for-bodies.md"
};
static const unsigned char file65[] = {
#embed "../../Resources/docs/decisions/0005-uuid-version-7.md"
};
static const unsigned char file66[] = {
#embed "../../Resources/docs/decisions/0006-static-linking.md"
};
static const unsigned char file67[] = {
#embed "../../Resources/docs/decisions/0007-two-builds-in-a-test-run.md"
};
static const unsigned char file68[] = {
#embed "../../Resources/docs/operations.md"
};
static const unsigned char file69[] = {
#embed "../../Resources/docs/security.md"
};
static const unsigned char file70[] = {
#embed "../../Resources/docs/testing.md"
};
static const unsigned char file71[] = {
#embed "../../Resources/modelux.example.yaml"
};
static const unsigned char file72[] = {
#embed "../../Resources/openapi.yaml"
};
static const unsigned char chart[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};

const modelux_resource modelux_resources[] = {
    {"catalog.json", file0, sizeof file0},
    {"dashboard/api.js", file1, sizeof file1},
    {"dashboard/app.js", file2, sizeof file2},
    {"dashboard/bodies.js", file3, sizeof file3},
    {"dashboard/curl.js", file4, sizeof file4},
    {"dashboard/feed.js", file5, sizeof file5},
    {"dashboard/filters.js", file6, sizeof file6},
    {"dashboard/format.js", file7, sizeof file7},
    {"dashboard/html.js", file8, sizeof file8},
    {"dashboard/icon.svg", file9, sizeof file9},
    {"dashboard/index.html", file10, sizeof file10},
    {"dashboard/keys.js", file11, sizeof file11},
    {"dashboard/live.js", file12, sizeof file12},
    {"dashboard/pages/overview.js", file13, sizeof file13},
    {"dashboard/pages/request.js", file14, sizeof file14},
    {"dashboard/pages/requests.js", file15, sizeof file15},
    {"dashboard/pages/setup.js", file16, sizeof file16},
    {"dashboard/pages/sign-in.js", file17, sizeof file17},
    {"dashboard/pages/system.js", file18, sizeof file18},
    {"dashboard/parts/cells.js", file19, sizeof file19},
    {"dashboard/parts/chart-style.js", file20, sizeof file20},
    {"dashboard/parts/chart.js", file21, sizeof file21},
    {"dashboard/parts/choice.js", file22, sizeof file22},
    {"dashboard/parts/conversation.js", file23, sizeof file23},
    {"dashboard/parts/copy.js", file24, sizeof file24},
    {"dashboard/parts/cost-split.js", file25, sizeof file25},
    {"dashboard/parts/filter-bar.js", file26, sizeof file26},
    {"dashboard/parts/filter-field.js", file27, sizeof file27},
    {"dashboard/parts/first-call.js", file28, sizeof file28},
    {"dashboard/parts/grid.js", file29, sizeof file29},
    {"dashboard/parts/icon.js", file30, sizeof file30},
    {"dashboard/parts/json.js", file31, sizeof file31},
    {"dashboard/parts/latest-failures.js", file32, sizeof file32},
    {"dashboard/parts/metric.js", file33, sizeof file33},
    {"dashboard/parts/no-requests.js", file34, sizeof file34},
    {"dashboard/parts/overview-metrics.js", file35, sizeof file35},
    {"dashboard/parts/project-select.js", file36, sizeof file36},
    {"dashboard/parts/rail-foot.js", file37, sizeof file37},
    {"dashboard/parts/request-facts.js", file38, sizeof file38},
    {"dashboard/parts/request-table.js", file39, sizeof file39},
    {"dashboard/parts/shell.js", file40, sizeof file40},
    {"dashboard/parts/states.js", file41, sizeof file41},
    {"dashboard/parts/table-frame.js", file42, sizeof file42},
    {"dashboard/parts/table.js", file43, sizeof file43},
    {"dashboard/parts/time-range.js", file44, sizeof file44},
    {"dashboard/parts/toast.js", file45, sizeof file45},
    {"dashboard/parts/top-models.js", file46, sizeof file46},
    {"dashboard/parts/trace.js", file47, sizeof file47},
    {"dashboard/parts/waterfall.js", file48, sizeof file48},
    {"dashboard/router.js", file49, sizeof file49},
    {"dashboard/routes.js", file50, sizeof file50},
    {"dashboard/series.js", file51, sizeof file51},
    {"dashboard/state.js", file52, sizeof file52},
    {"dashboard/styles/base.css", file53, sizeof file53},
    {"dashboard/styles/layout.css", file54, sizeof file54},
    {"dashboard/styles/pages.css", file55, sizeof file55},
    {"dashboard/styles/parts.css", file56, sizeof file56},
    {"dashboard/styles/tokens.css", file57, sizeof file57},
    {"dashboard/theme.js", file58, sizeof file58},
    {"docs/CHANGELOG.md", file59, sizeof file59},
    {"docs/architecture.md", file60, sizeof file60},
    {"docs/decisions/0001-own-http-codec.md", file61, sizeof file61},
    {"docs/decisions/0002-journal-before-sqlite.md", file62, sizeof file62},
    {"docs/decisions/0003-two-ways-to-sqlite.md", file63, sizeof file63},
    {"docs/decisions/0004-zstd-for-bodies.md", file64, sizeof file64},
    {"docs/decisions/0005-uuid-version-7.md", file65, sizeof file65},
    {"docs/decisions/0006-static-linking.md", file66, sizeof file66},
    {"docs/decisions/0007-two-builds-in-a-test-run.md", file67, sizeof file67},
    {"docs/operations.md", file68, sizeof file68},
    {"docs/security.md", file69, sizeof file69},
    {"docs/testing.md", file70, sizeof file70},
    {"modelux.example.yaml", file71, sizeof file71},
    {"openapi.yaml", file72, sizeof file72},
    {"vendor/chart.js", chart, sizeof chart},
};

const size_t modelux_resource_count = sizeof modelux_resources / sizeof modelux_resources[0];
