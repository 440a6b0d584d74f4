// Made by packaging/embed. Do not edit: run it again.
#include "resources.h"

static const unsigned char file0[] = {
#embed "../../Resources/catalog.json"
};
static const unsigned char file1[] = {
#embed "../../Resources/dashboard/analytics.js"
};
static const unsigned char file2[] = {
#embed "../../Resources/dashboard/api.js"
};
static const unsigned char file3[] = {
#embed "../../Resources/dashboard/app.js"
};
static const unsigned char file4[] = {
#embed "../../Resources/dashboard/bodies.js"
};
static const unsigned char file5[] = {
#embed "../../Resources/dashboard/budgets.js"
};
static const unsigned char file6[] = {
#embed "../../Resources/dashboard/csv.js"
};
static const unsigned char file7[] = {
#embed "../../Resources/dashboard/curl.js"
};
static const unsigned char file8[] = {
#embed "../../Resources/dashboard/diff.js"
};
static const unsigned char file9[] = {
#embed "../../Resources/dashboard/feed.js"
};
static const unsigned char file10[] = {
#embed "../../Resources/dashboard/filters.js"
};
static const unsigned char file11[] = {
#embed "../../Resources/dashboard/format.js"
};
static const unsigned char file12[] = {
#embed "../../Resources/dashboard/forms.js"
};
static const unsigned char file13[] = {
#embed "../../Resources/dashboard/html.js"
};
static const unsigned char file14[] = {
#embed "../../Resources/dashboard/icon.svg"
};
static const unsigned char file15[] = {
#embed "../../Resources/dashboard/index.html"
};
static const unsigned char file16[] = {
#embed "../../Resources/dashboard/keys.js"
};
static const unsigned char file17[] = {
#embed "../../Resources/dashboard/live.js"
};
static const unsigned char file18[] = {
#embed "../../Resources/dashboard/pages/alerts.js"
};
static const unsigned char file19[] = {
#embed "../../Resources/dashboard/pages/analytics.js"
};
static const unsigned char file20[] = {
#embed "../../Resources/dashboard/pages/audit.js"
};
static const unsigned char file21[] = {
#embed "../../Resources/dashboard/pages/budgets.js"
};
static const unsigned char file22[] = {
#embed "../../Resources/dashboard/pages/keys.js"
};
static const unsigned char file23[] = {
#embed "../../Resources/dashboard/pages/members.js"
};
static const unsigned char file24[] = {
#embed "../../Resources/dashboard/pages/models.js"
};
static const unsigned char file25[] = {
#embed "../../Resources/dashboard/pages/overview.js"
};
static const unsigned char file26[] = {
#embed "../../Resources/dashboard/pages/projects.js"
};
static const unsigned char file27[] = {
#embed "../../Resources/dashboard/pages/providers.js"
};
static const unsigned char file28[] = {
#embed "../../Resources/dashboard/pages/request.js"
};
static const unsigned char file29[] = {
#embed "../../Resources/dashboard/pages/requests.js"
};
static const unsigned char file30[] = {
#embed "../../Resources/dashboard/pages/routing-config.js"
};
static const unsigned char file31[] = {
#embed "../../Resources/dashboard/pages/routing.js"
};
static const unsigned char file32[] = {
#embed "../../Resources/dashboard/pages/session.js"
};
static const unsigned char file33[] = {
#embed "../../Resources/dashboard/pages/sessions.js"
};
static const unsigned char file34[] = {
#embed "../../Resources/dashboard/pages/setup.js"
};
static const unsigned char file35[] = {
#embed "../../Resources/dashboard/pages/sign-in.js"
};
static const unsigned char file36[] = {
#embed "../../Resources/dashboard/pages/system.js"
};
static const unsigned char file37[] = {
#embed "../../Resources/dashboard/pages/welcome.js"
};
static const unsigned char file38[] = {
#embed "../../Resources/dashboard/parts/analytics-controls.js"
};
static const unsigned char file39[] = {
#embed "../../Resources/dashboard/parts/arrival.js"
};
static const unsigned char file40[] = {
#embed "../../Resources/dashboard/parts/ask.js"
};
static const unsigned char file41[] = {
#embed "../../Resources/dashboard/parts/banner.js"
};
static const unsigned char file42[] = {
#embed "../../Resources/dashboard/parts/budget-fields.js"
};
static const unsigned char file43[] = {
#embed "../../Resources/dashboard/parts/budget-form.js"
};
static const unsigned char file44[] = {
#embed "../../Resources/dashboard/parts/budget-sheet.js"
};
static const unsigned char file45[] = {
#embed "../../Resources/dashboard/parts/budget-tables.js"
};
static const unsigned char file46[] = {
#embed "../../Resources/dashboard/parts/build-control.js"
};
static const unsigned char file47[] = {
#embed "../../Resources/dashboard/parts/build-field.js"
};
static const unsigned char file48[] = {
#embed "../../Resources/dashboard/parts/build-list.js"
};
static const unsigned char file49[] = {
#embed "../../Resources/dashboard/parts/build-options.js"
};
static const unsigned char file50[] = {
#embed "../../Resources/dashboard/parts/build-policy.js"
};
static const unsigned char file51[] = {
#embed "../../Resources/dashboard/parts/build-rules.js"
};
static const unsigned char file52[] = {
#embed "../../Resources/dashboard/parts/build-target.js"
};
static const unsigned char file53[] = {
#embed "../../Resources/dashboard/parts/build-test.js"
};
static const unsigned char file54[] = {
#embed "../../Resources/dashboard/parts/builder.js"
};
static const unsigned char file55[] = {
#embed "../../Resources/dashboard/parts/cells.js"
};
static const unsigned char file56[] = {
#embed "../../Resources/dashboard/parts/chart-style.js"
};
static const unsigned char file57[] = {
#embed "../../Resources/dashboard/parts/chart.js"
};
static const unsigned char file58[] = {
#embed "../../Resources/dashboard/parts/choice.js"
};
static const unsigned char file59[] = {
#embed "../../Resources/dashboard/parts/collection.js"
};
static const unsigned char file60[] = {
#embed "../../Resources/dashboard/parts/config-json.js"
};
static const unsigned char file61[] = {
#embed "../../Resources/dashboard/parts/config-try.js"
};
static const unsigned char file62[] = {
#embed "../../Resources/dashboard/parts/config-versions.js"
};
static const unsigned char file63[] = {
#embed "../../Resources/dashboard/parts/conversation.js"
};
static const unsigned char file64[] = {
#embed "../../Resources/dashboard/parts/copy.js"
};
static const unsigned char file65[] = {
#embed "../../Resources/dashboard/parts/cost-split.js"
};
static const unsigned char file66[] = {
#embed "../../Resources/dashboard/parts/deliveries.js"
};
static const unsigned char file67[] = {
#embed "../../Resources/dashboard/parts/difference.js"
};
static const unsigned char file68[] = {
#embed "../../Resources/dashboard/parts/download.js"
};
static const unsigned char file69[] = {
#embed "../../Resources/dashboard/parts/facts.js"
};
static const unsigned char file70[] = {
#embed "../../Resources/dashboard/parts/figures.js"
};
static const unsigned char file71[] = {
#embed "../../Resources/dashboard/parts/filter-bar.js"
};
static const unsigned char file72[] = {
#embed "../../Resources/dashboard/parts/filter-field.js"
};
static const unsigned char file73[] = {
#embed "../../Resources/dashboard/parts/first-call.js"
};
static const unsigned char file74[] = {
#embed "../../Resources/dashboard/parts/form-control.js"
};
static const unsigned char file75[] = {
#embed "../../Resources/dashboard/parts/form-field.js"
};
static const unsigned char file76[] = {
#embed "../../Resources/dashboard/parts/form.js"
};
static const unsigned char file77[] = {
#embed "../../Resources/dashboard/parts/framed.js"
};
static const unsigned char file78[] = {
#embed "../../Resources/dashboard/parts/fresh-id.js"
};
static const unsigned char file79[] = {
#embed "../../Resources/dashboard/parts/grid.js"
};
static const unsigned char file80[] = {
#embed "../../Resources/dashboard/parts/group-table.js"
};
static const unsigned char file81[] = {
#embed "../../Resources/dashboard/parts/health.js"
};
static const unsigned char file82[] = {
#embed "../../Resources/dashboard/parts/icon.js"
};
static const unsigned char file83[] = {
#embed "../../Resources/dashboard/parts/json.js"
};
static const unsigned char file84[] = {
#embed "../../Resources/dashboard/parts/key-fields.js"
};
static const unsigned char file85[] = {
#embed "../../Resources/dashboard/parts/key-list.js"
};
static const unsigned char file86[] = {
#embed "../../Resources/dashboard/parts/key-sheet.js"
};
static const unsigned char file87[] = {
#embed "../../Resources/dashboard/parts/known-targets.js"
};
static const unsigned char file88[] = {
#embed "../../Resources/dashboard/parts/later.js"
};
static const unsigned char file89[] = {
#embed "../../Resources/dashboard/parts/latest-failures.js"
};
static const unsigned char file90[] = {
#embed "../../Resources/dashboard/parts/management-key-sheet.js"
};
static const unsigned char file91[] = {
#embed "../../Resources/dashboard/parts/member-sheet.js"
};
static const unsigned char file92[] = {
#embed "../../Resources/dashboard/parts/meter.js"
};
static const unsigned char file93[] = {
#embed "../../Resources/dashboard/parts/metric.js"
};
static const unsigned char file94[] = {
#embed "../../Resources/dashboard/parts/model-table.js"
};
static const unsigned char file95[] = {
#embed "../../Resources/dashboard/parts/nav.js"
};
static const unsigned char file96[] = {
#embed "../../Resources/dashboard/parts/no-requests.js"
};
static const unsigned char file97[] = {
#embed "../../Resources/dashboard/parts/overview-metrics.js"
};
static const unsigned char file98[] = {
#embed "../../Resources/dashboard/parts/overview-standing.js"
};
static const unsigned char file99[] = {
#embed "../../Resources/dashboard/parts/paged.js"
};
static const unsigned char file100[] = {
#embed "../../Resources/dashboard/parts/plan-card.js"
};
static const unsigned char file101[] = {
#embed "../../Resources/dashboard/parts/problems.js"
};
static const unsigned char file102[] = {
#embed "../../Resources/dashboard/parts/project-fields.js"
};
static const unsigned char file103[] = {
#embed "../../Resources/dashboard/parts/project-select.js"
};
static const unsigned char file104[] = {
#embed "../../Resources/dashboard/parts/project-sheet.js"
};
static const unsigned char file105[] = {
#embed "../../Resources/dashboard/parts/provider-form.js"
};
static const unsigned char file106[] = {
#embed "../../Resources/dashboard/parts/provider-sheet.js"
};
static const unsigned char file107[] = {
#embed "../../Resources/dashboard/parts/rail-foot.js"
};
static const unsigned char file108[] = {
#embed "../../Resources/dashboard/parts/request-actions.js"
};
static const unsigned char file109[] = {
#embed "../../Resources/dashboard/parts/request-facts.js"
};
static const unsigned char file110[] = {
#embed "../../Resources/dashboard/parts/request-table.js"
};
static const unsigned char file111[] = {
#embed "../../Resources/dashboard/parts/same-by.js"
};
static const unsigned char file112[] = {
#embed "../../Resources/dashboard/parts/search-box.js"
};
static const unsigned char file113[] = {
#embed "../../Resources/dashboard/parts/secret.js"
};
static const unsigned char file114[] = {
#embed "../../Resources/dashboard/parts/sheet.js"
};
static const unsigned char file115[] = {
#embed "../../Resources/dashboard/parts/shell.js"
};
static const unsigned char file116[] = {
#embed "../../Resources/dashboard/parts/shown-states.js"
};
static const unsigned char file117[] = {
#embed "../../Resources/dashboard/parts/sign-in-link.js"
};
static const unsigned char file118[] = {
#embed "../../Resources/dashboard/parts/states.js"
};
static const unsigned char file119[] = {
#embed "../../Resources/dashboard/parts/table-frame.js"
};
static const unsigned char file120[] = {
#embed "../../Resources/dashboard/parts/table.js"
};
static const unsigned char file121[] = {
#embed "../../Resources/dashboard/parts/test-mail.js"
};
static const unsigned char file122[] = {
#embed "../../Resources/dashboard/parts/time-range.js"
};
static const unsigned char file123[] = {
#embed "../../Resources/dashboard/parts/timeline.js"
};
static const unsigned char file124[] = {
#embed "../../Resources/dashboard/parts/toast.js"
};
static const unsigned char file125[] = {
#embed "../../Resources/dashboard/parts/top-models.js"
};
static const unsigned char file126[] = {
#embed "../../Resources/dashboard/parts/trace.js"
};
static const unsigned char file127[] = {
#embed "../../Resources/dashboard/parts/walk.js"
};
static const unsigned char file128[] = {
#embed "../../Resources/dashboard/parts/waterfall.js"
};
static const unsigned char file129[] = {
#embed "../../Resources/dashboard/parts/webhook-form.js"
};
static const unsigned char file130[] = {
#embed "../../Resources/dashboard/parts/webhook-sheet.js"
};
static const unsigned char file131[] = {
#embed "../../Resources/dashboard/parts/webhook-table.js"
};
static const unsigned char file132[] = {
#embed "../../Resources/dashboard/parts/welcome-key.js"
};
static const unsigned char file133[] = {
#embed "../../Resources/dashboard/parts/welcome-name.js"
};
static const unsigned char file134[] = {
#embed "../../Resources/dashboard/parts/welcome-provider.js"
};
static const unsigned char file135[] = {
#embed "../../Resources/dashboard/parts/welcome-ways.js"
};
static const unsigned char file136[] = {
#embed "../../Resources/dashboard/policy-settings.js"
};
static const unsigned char file137[] = {
#embed "../../Resources/dashboard/roles.js"
};
static const unsigned char file138[] = {
#embed "../../Resources/dashboard/router.js"
};
static const unsigned char file139[] = {
#embed "../../Resources/dashboard/routes.js"
};
static const unsigned char file140[] = {
#embed "../../Resources/dashboard/routing.js"
};
static const unsigned char file141[] = {
#embed "../../Resources/dashboard/rules.js"
};
static const unsigned char file142[] = {
#embed "../../Resources/dashboard/series.js"
};
static const unsigned char file143[] = {
#embed "../../Resources/dashboard/sessions.js"
};
static const unsigned char file144[] = {
#embed "../../Resources/dashboard/snippets.js"
};
static const unsigned char file145[] = {
#embed "../../Resources/dashboard/state.js"
};
static const unsigned char file146[] = {
#embed "../../Resources/dashboard/styles/base.css"
};
static const unsigned char file147[] = {
#embed "../../Resources/dashboard/styles/forms.css"
};
static const unsigned char file148[] = {
#embed "../../Resources/dashboard/styles/layout.css"
};
static const unsigned char file149[] = {
#embed "../../Resources/dashboard/styles/pages.css"
};
static const unsigned char file150[] = {
#embed "../../Resources/dashboard/styles/parts.css"
};
static const unsigned char file151[] = {
#embed "../../Resources/dashboard/styles/routing.css"
};
static const unsigned char file152[] = {
#embed "../../Resources/dashboard/styles/settings.css"
};
static const unsigned char file153[] = {
#embed "../../Resources/dashboard/styles/tokens.css"
};
static const unsigned char file154[] = {
#embed "../../Resources/dashboard/theme.js"
};
static const unsigned char file155[] = {
#embed "../../Resources/dashboard/top.js"
};
static const unsigned char file156[] = {
#embed "../../Resources/dashboard/vendors.js"
};
static const unsigned char file157[] = {
#embed "../../Resources/docs/CHANGELOG.md"
};
static const unsigned char file158[] = {
#embed "../../Resources/docs/architecture.md"
};
static const unsigned char file159[] = {
#embed "../../Resources/docs/budgets.md"
};
static const unsigned char file160[] = {
#embed "../../Resources/docs/capabilities.md"
};
static const unsigned char file161[] = {
#embed "../../Resources/docs/decisions/0001-own-http-codec.md"
};
static const unsigned char file162[] = {
#embed "../../Resources/docs/decisions/0002-journal-before-sqlite.md"
};
static const unsigned char file163[] = {
#embed "../../Resources/docs/decisions/0003-two-ways-to-sqlite.md"
};
static const unsigned char file164[] = {
#embed "../../Resources/docs/decisions/0004-zstd-for-bodies.md"
};
static const unsigned char file165[] = {
#embed "../../Resources/docs/decisions/0005-uuid-version-7.md"
};
static const unsigned char file166[] = {
#embed "../../Resources/docs/decisions/0006-static-linking.md"
};
static const unsigned char file167[] = {
#embed "../../Resources/docs/decisions/0007-two-builds-in-a-test-run.md"
};
static const unsigned char file168[] = {
#embed "../../Resources/docs/decisions/0008-alerts-in-a-file-of-their-own.md"
};
static const unsigned char file169[] = {
#embed "../../Resources/docs/decisions/0009-what-a-request-costs.md"
};
static const unsigned char file170[] = {
#embed "../../Resources/docs/operations.md"
};
static const unsigned char file171[] = {
#embed "../../Resources/docs/routing.md"
};
static const unsigned char file172[] = {
#embed "../../Resources/docs/security.md"
};
static const unsigned char file173[] = {
#embed "../../Resources/docs/testing.md"
};
static const unsigned char file174[] = {
#embed "../../Resources/docs/translation.md"
};
static const unsigned char file175[] = {
#embed "../../Resources/modelux.example.yaml"
};
static const unsigned char file176[] = {
#embed "../../Resources/openapi.yaml"
};
static const unsigned char chart[] = {
#embed "/usr/share/javascript/chart.js/chart.min.js"
};

const modelux_resource modelux_resources[] = {
    {"catalog.json", file0, sizeof file0},
    {"dashboard/analytics.js", file1, sizeof file1},
    {"dashboard/api.js", file2, sizeof file2},
    {"dashboard/app.js", file3, sizeof file3},
    {"dashboard/bodies.js", file4, sizeof file4},
    {"dashboard/budgets.js", file5, sizeof file5},
    {"dashboard/csv.js", file6, sizeof file6},
    {"dashboard/curl.js", file7, sizeof file7},
    {"dashboard/diff.js", file8, sizeof file8},
    {"dashboard/feed.js", file9, sizeof file9},
    {"dashboard/filters.js", file10, sizeof file10},
    {"dashboard/format.js", file11, sizeof file11},
    {"dashboard/forms.js", file12, sizeof file12},
    {"dashboard/html.js", file13, sizeof file13},
    {"dashboard/icon.svg", file14, sizeof file14},
    {"dashboard/index.html", file15, sizeof file15},
    {"dashboard/keys.js", file16, sizeof file16},
    {"dashboard/live.js", file17, sizeof file17},
    {"dashboard/pages/alerts.js", file18, sizeof file18},
    {"dashboard/pages/analytics.js", file19, sizeof file19},
    {"dashboard/pages/audit.js", file20, sizeof file20},
    {"dashboard/pages/budgets.js", file21, sizeof file21},
    {"dashboard/pages/keys.js", file22, sizeof file22},
    {"dashboard/pages/members.js", file23, sizeof file23},
    {"dashboard/pages/models.js", file24, sizeof file24},
    {"dashboard/pages/overview.js", file25, sizeof file25},
    {"dashboard/pages/projects.js", file26, sizeof file26},
    {"dashboard/pages/providers.js", file27, sizeof file27},
    {"dashboard/pages/request.js", file28, sizeof file28},
    {"dashboard/pages/requests.js", file29, sizeof file29},
    {"dashboard/pages/routing-config.js", file30, sizeof file30},
    {"dashboard/pages/routing.js", file31, sizeof file31},
    {"dashboard/pages/session.js", file32, sizeof file32},
    {"dashboard/pages/sessions.js", file33, sizeof file33},
    {"dashboard/pages/setup.js", file34, sizeof file34},
    {"dashboard/pages/sign-in.js", file35, sizeof file35},
    {"dashboard/pages/system.js", file36, sizeof file36},
    {"dashboard/pages/welcome.js", file37, sizeof file37},
    {"dashboard/parts/analytics-controls.js", file38, sizeof file38},
    {"dashboard/parts/arrival.js", file39, sizeof file39},
    {"dashboard/parts/ask.js", file40, sizeof file40},
    {"dashboard/parts/banner.js", file41, sizeof file41},
    {"dashboard/parts/budget-fields.js", file42, sizeof file42},
    {"dashboard/parts/budget-form.js", file43, sizeof file43},
    {"dashboard/parts/budget-sheet.js", file44, sizeof file44},
    {"dashboard/parts/budget-tables.js", file45, sizeof file45},
    {"dashboard/parts/build-control.js", file46, sizeof file46},
    {"dashboard/parts/build-field.js", file47, sizeof file47},
    {"dashboard/parts/build-list.js", file48, sizeof file48},
    {"dashboard/parts/build-options.js", file49, sizeof file49},
    {"dashboard/parts/build-policy.js", file50, sizeof file50},
    {"dashboard/parts/build-rules.js", file51, sizeof file51},
    {"dashboard/parts/build-target.js", file52, sizeof file52},
    {"dashboard/parts/build-test.js", file53, sizeof file53},
    {"dashboard/parts/builder.js", file54, sizeof file54},
    {"dashboard/parts/cells.js", file55, sizeof file55},
    {"dashboard/parts/chart-style.js", file56, sizeof file56},
    {"dashboard/parts/chart.js", file57, sizeof file57},
    {"dashboard/parts/choice.js", file58, sizeof file58},
    {"dashboard/parts/collection.js", file59, sizeof file59},
    {"dashboard/parts/config-json.js", file60, sizeof file60},
    {"dashboard/parts/config-try.js", file61, sizeof file61},
    {"dashboard/parts/config-versions.js", file62, sizeof file62},
    {"dashboard/parts/conversation.js", file63, sizeof file63},
    {"dashboard/parts/copy.js", file64, sizeof file64},
    {"dashboard/parts/cost-split.js", file65, sizeof file65},
    {"dashboard/parts/deliveries.js", file66, sizeof file66},
    {"dashboard/parts/difference.js", file67, sizeof file67},
    {"dashboard/parts/download.js", file68, sizeof file68},
    {"dashboard/parts/facts.js", file69, sizeof file69},
    {"dashboard/parts/figures.js", file70, sizeof file70},
    {"dashboard/parts/filter-bar.js", file71, sizeof file71},
    {"dashboard/parts/filter-field.js", file72, sizeof file72},
    {"dashboard/parts/first-call.js", file73, sizeof file73},
    {"dashboard/parts/form-control.js", file74, sizeof file74},
    {"dashboard/parts/form-field.js", file75, sizeof file75},
    {"dashboard/parts/form.js", file76, sizeof file76},
    {"dashboard/parts/framed.js", file77, sizeof file77},
    {"dashboard/parts/fresh-id.js", file78, sizeof file78},
    {"dashboard/parts/grid.js", file79, sizeof file79},
    {"dashboard/parts/group-table.js", file80, sizeof file80},
    {"dashboard/parts/health.js", file81, sizeof file81},
    {"dashboard/parts/icon.js", file82, sizeof file82},
    {"dashboard/parts/json.js", file83, sizeof file83},
    {"dashboard/parts/key-fields.js", file84, sizeof file84},
    {"dashboard/parts/key-list.js", file85, sizeof file85},
    {"dashboard/parts/key-sheet.js", file86, sizeof file86},
    {"dashboard/parts/known-targets.js", file87, sizeof file87},
    {"dashboard/parts/later.js", file88, sizeof file88},
    {"dashboard/parts/latest-failures.js", file89, sizeof file89},
    {"dashboard/parts/management-key-sheet.js", file90, sizeof file90},
    {"dashboard/parts/member-sheet.js", file91, sizeof file91},
    {"dashboard/parts/meter.js", file92, sizeof file92},
    {"dashboard/parts/metric.js", file93, sizeof file93},
    {"dashboard/parts/model-table.js", file94, sizeof file94},
    {"dashboard/parts/nav.js", file95, sizeof file95},
    {"dashboard/parts/no-requests.js", file96, sizeof file96},
    {"dashboard/parts/overview-metrics.js", file97, sizeof file97},
    {"dashboard/parts/overview-standing.js", file98, sizeof file98},
    {"dashboard/parts/paged.js", file99, sizeof file99},
    {"dashboard/parts/plan-card.js", file100, sizeof file100},
    {"dashboard/parts/problems.js", file101, sizeof file101},
    {"dashboard/parts/project-fields.js", file102, sizeof file102},
    {"dashboard/parts/project-select.js", file103, sizeof file103},
    {"dashboard/parts/project-sheet.js", file104, sizeof file104},
    {"dashboard/parts/provider-form.js", file105, sizeof file105},
    {"dashboard/parts/provider-sheet.js", file106, sizeof file106},
    {"dashboard/parts/rail-foot.js", file107, sizeof file107},
    {"dashboard/parts/request-actions.js", file108, sizeof file108},
    {"dashboard/parts/request-facts.js", file109, sizeof file109},
    {"dashboard/parts/request-table.js", file110, sizeof file110},
    {"dashboard/parts/same-by.js", file111, sizeof file111},
    {"dashboard/parts/search-box.js", file112, sizeof file112},
    {"dashboard/parts/secret.js", file113, sizeof file113},
    {"dashboard/parts/sheet.js", file114, sizeof file114},
    {"dashboard/parts/shell.js", file115, sizeof file115},
    {"dashboard/parts/shown-states.js", file116, sizeof file116},
    {"dashboard/parts/sign-in-link.js", file117, sizeof file117},
    {"dashboard/parts/states.js", file118, sizeof file118},
    {"dashboard/parts/table-frame.js", file119, sizeof file119},
    {"dashboard/parts/table.js", file120, sizeof file120},
    {"dashboard/parts/test-mail.js", file121, sizeof file121},
    {"dashboard/parts/time-range.js", file122, sizeof file122},
    {"dashboard/parts/timeline.js", file123, sizeof file123},
    {"dashboard/parts/toast.js", file124, sizeof file124},
    {"dashboard/parts/top-models.js", file125, sizeof file125},
    {"dashboard/parts/trace.js", file126, sizeof file126},
    {"dashboard/parts/walk.js", file127, sizeof file127},
    {"dashboard/parts/waterfall.js", file128, sizeof file128},
    {"dashboard/parts/webhook-form.js", file129, sizeof file129},
    {"dashboard/parts/webhook-sheet.js", file130, sizeof file130},
    {"dashboard/parts/webhook-table.js", file131, sizeof file131},
    {"dashboard/parts/welcome-key.js", file132, sizeof file132},
    {"dashboard/parts/welcome-name.js", file133, sizeof file133},
    {"dashboard/parts/welcome-provider.js", file134, sizeof file134},
    {"dashboard/parts/welcome-ways.js", file135, sizeof file135},
    {"dashboard/policy-settings.js", file136, sizeof file136},
    {"dashboard/roles.js", file137, sizeof file137},
    {"dashboard/router.js", file138, sizeof file138},
    {"dashboard/routes.js", file139, sizeof file139},
    {"dashboard/routing.js", file140, sizeof file140},
    {"dashboard/rules.js", file141, sizeof file141},
    {"dashboard/series.js", file142, sizeof file142},
    {"dashboard/sessions.js", file143, sizeof file143},
    {"dashboard/snippets.js", file144, sizeof file144},
    {"dashboard/state.js", file145, sizeof file145},
    {"dashboard/styles/base.css", file146, sizeof file146},
    {"dashboard/styles/forms.css", file147, sizeof file147},
    {"dashboard/styles/layout.css", file148, sizeof file148},
    {"dashboard/styles/pages.css", file149, sizeof file149},
    {"dashboard/styles/parts.css", file150, sizeof file150},
    {"dashboard/styles/routing.css", file151, sizeof file151},
    {"dashboard/styles/settings.css", file152, sizeof file152},
    {"dashboard/styles/tokens.css", file153, sizeof file153},
    {"dashboard/theme.js", file154, sizeof file154},
    {"dashboard/top.js", file155, sizeof file155},
    {"dashboard/vendors.js", file156, sizeof file156},
    {"docs/CHANGELOG.md", file157, sizeof file157},
    {"docs/architecture.md", file158, sizeof file158},
    {"docs/budgets.md", file159, sizeof file159},
    {"docs/capabilities.md", file160, sizeof file160},
    {"docs/decisions/0001-own-http-codec.md", file161, sizeof file161},
    {"docs/decisions/0002-journal-before-sqlite.md", file162, sizeof file162},
    {"docs/decisions/0003-two-ways-to-sqlite.md", file163, sizeof file163},
    {"docs/decisions/0004-zstd-for-bodies.md", file164, sizeof file164},
    {"docs/decisions/0005-uuid-version-7.md", file165, sizeof file165},
    {"docs/decisions/0006-static-linking.md", file166, sizeof file166},
    {"docs/decisions/0007-two-builds-in-a-test-run.md", file167, sizeof file167},
    {"docs/decisions/0008-alerts-in-a-file-of-their-own.md", file168, sizeof file168},
    {"docs/decisions/0009-what-a-request-costs.md", file169, sizeof file169},
    {"docs/operations.md", file170, sizeof file170},
    {"docs/routing.md", file171, sizeof file171},
    {"docs/security.md", file172, sizeof file172},
    {"docs/testing.md", file173, sizeof file173},
    {"docs/translation.md", file174, sizeof file174},
    {"modelux.example.yaml", file175, sizeof file175},
    {"openapi.yaml", file176, sizeof file176},
    {"vendor/chart.js", chart, sizeof chart},
};

const size_t modelux_resource_count = sizeof modelux_resources / sizeof modelux_resources[0];
