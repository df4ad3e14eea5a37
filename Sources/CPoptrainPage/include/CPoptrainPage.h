// The files of the dashboard's page, as they are in the folder Page.
#pragma once
#include <stddef.h>

/// A file of the page.
struct poptrain_page_file {
  /// Its name in the folder, such as `plot.js`.
  const char *name;
  const unsigned char *bytes;
  size_t count;
};

/// A file by its position, from 0; NULL after the last one.
const struct poptrain_page_file *poptrain_page_file(size_t position);
