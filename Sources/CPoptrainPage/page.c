#include "CPoptrainPage.h"

// `#embed` belongs to C23; the compiler has it in all versions of C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char app_js[] = {
#embed "Page/app.js"
};
static const unsigned char axes_js[] = {
#embed "Page/axes.js"
};
static const unsigned char bands_js[] = {
#embed "Page/bands.js"
};
static const unsigned char brushes_js[] = {
#embed "Page/brushes.js"
};
static const unsigned char canvas_js[] = {
#embed "Page/canvas.js"
};
static const unsigned char colours_js[] = {
#embed "Page/colours.js"
};
static const unsigned char compare_js[] = {
#embed "Page/compare.js"
};
static const unsigned char curves_js[] = {
#embed "Page/curves.js"
};
static const unsigned char decisions_js[] = {
#embed "Page/decisions.js"
};
static const unsigned char density_js[] = {
#embed "Page/density.js"
};
static const unsigned char dom_js[] = {
#embed "Page/dom.js"
};
static const unsigned char findings_js[] = {
#embed "Page/findings.js"
};
static const unsigned char founders_js[] = {
#embed "Page/founders.js"
};
static const unsigned char heading_js[] = {
#embed "Page/heading.js"
};
static const unsigned char help_js[] = {
#embed "Page/help.js"
};
static const unsigned char index_html[] = {
#embed "Page/index.html"
};
static const unsigned char lanes_js[] = {
#embed "Page/lanes.js"
};
static const unsigned char legend_js[] = {
#embed "Page/legend.js"
};
static const unsigned char lines_js[] = {
#embed "Page/lines.js"
};
static const unsigned char member_js[] = {
#embed "Page/member.js"
};
static const unsigned char membercurve_js[] = {
#embed "Page/membercurve.js"
};
static const unsigned char nearest_js[] = {
#embed "Page/nearest.js"
};
static const unsigned char openapi_json[] = {
#embed "Page/openapi.json"
};
static const unsigned char outline_js[] = {
#embed "Page/outline.js"
};
static const unsigned char overview_js[] = {
#embed "Page/overview.js"
};
static const unsigned char pairs_js[] = {
#embed "Page/pairs.js"
};
static const unsigned char pairtable_js[] = {
#embed "Page/pairtable.js"
};
static const unsigned char parallel_js[] = {
#embed "Page/parallel.js"
};
static const unsigned char plot_js[] = {
#embed "Page/plot.js"
};
static const unsigned char pointing_js[] = {
#embed "Page/pointing.js"
};
static const unsigned char progress_js[] = {
#embed "Page/progress.js"
};
static const unsigned char run_js[] = {
#embed "Page/run.js"
};
static const unsigned char runlist_js[] = {
#embed "Page/runlist.js"
};
static const unsigned char scale_js[] = {
#embed "Page/scale.js"
};
static const unsigned char scatter_js[] = {
#embed "Page/scatter.js"
};
static const unsigned char schedules_js[] = {
#embed "Page/schedules.js"
};
static const unsigned char series_js[] = {
#embed "Page/series.js"
};
static const unsigned char state_js[] = {
#embed "Page/state.js"
};
static const unsigned char style_css[] = {
#embed "Page/style.css"
};
static const unsigned char svg_js[] = {
#embed "Page/svg.js"
};
static const unsigned char table_js[] = {
#embed "Page/table.js"
};
static const unsigned char values_js[] = {
#embed "Page/values.js"
};

#define FILE_OF_PAGE(name, bytes) {name, bytes, sizeof bytes}

static const struct poptrain_page_file files[] = {
    FILE_OF_PAGE("app.js", app_js),
    FILE_OF_PAGE("axes.js", axes_js),
    FILE_OF_PAGE("bands.js", bands_js),
    FILE_OF_PAGE("brushes.js", brushes_js),
    FILE_OF_PAGE("canvas.js", canvas_js),
    FILE_OF_PAGE("colours.js", colours_js),
    FILE_OF_PAGE("compare.js", compare_js),
    FILE_OF_PAGE("curves.js", curves_js),
    FILE_OF_PAGE("decisions.js", decisions_js),
    FILE_OF_PAGE("density.js", density_js),
    FILE_OF_PAGE("dom.js", dom_js),
    FILE_OF_PAGE("findings.js", findings_js),
    FILE_OF_PAGE("founders.js", founders_js),
    FILE_OF_PAGE("heading.js", heading_js),
    FILE_OF_PAGE("help.js", help_js),
    FILE_OF_PAGE("index.html", index_html),
    FILE_OF_PAGE("lanes.js", lanes_js),
    FILE_OF_PAGE("legend.js", legend_js),
    FILE_OF_PAGE("lines.js", lines_js),
    FILE_OF_PAGE("member.js", member_js),
    FILE_OF_PAGE("membercurve.js", membercurve_js),
    FILE_OF_PAGE("nearest.js", nearest_js),
    FILE_OF_PAGE("openapi.json", openapi_json),
    FILE_OF_PAGE("outline.js", outline_js),
    FILE_OF_PAGE("overview.js", overview_js),
    FILE_OF_PAGE("pairs.js", pairs_js),
    FILE_OF_PAGE("pairtable.js", pairtable_js),
    FILE_OF_PAGE("parallel.js", parallel_js),
    FILE_OF_PAGE("plot.js", plot_js),
    FILE_OF_PAGE("pointing.js", pointing_js),
    FILE_OF_PAGE("progress.js", progress_js),
    FILE_OF_PAGE("run.js", run_js),
    FILE_OF_PAGE("runlist.js", runlist_js),
    FILE_OF_PAGE("scale.js", scale_js),
    FILE_OF_PAGE("scatter.js", scatter_js),
    FILE_OF_PAGE("schedules.js", schedules_js),
    FILE_OF_PAGE("series.js", series_js),
    FILE_OF_PAGE("state.js", state_js),
    FILE_OF_PAGE("style.css", style_css),
    FILE_OF_PAGE("svg.js", svg_js),
    FILE_OF_PAGE("table.js", table_js),
    FILE_OF_PAGE("values.js", values_js),
};

const struct poptrain_page_file *poptrain_page_file(size_t position) {
  return position < sizeof files / sizeof *files ? &files[position] : NULL;
}
