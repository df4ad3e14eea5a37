#include "CPoptrainPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "Page/index.html"
};

#define FILE_OF_PAGE(name, bytes) {name, bytes, sizeof bytes}

static const struct poptrain_page_file files[] = {
    FILE_OF_PAGE("index.html", index_html),
};

const struct poptrain_page_file *poptrain_page_file(size_t position) {
  return position < sizeof files / sizeof *files ? &files[position] : NULL;
}
