#pragma once
#include <stddef.h>

/// Bytes that are part of the program.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} GradioAsset;

/// What the components of a major version (3 to 6) show of themselves, as JSON; no bytes for another number.
GradioAsset gradioComponents(int major);

/// The frame of `/config` and of one dependency by major version, as JSON.
GradioAsset gradioFrames(void);

/// The colours and sizes of pages, as CSS.
GradioAsset gradioTheme(void);

/// The app file at a place in the list of those that come with the program; no bytes past its end.
GradioAsset gradioApp(size_t index);
