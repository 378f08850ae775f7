#pragma once
#include <stddef.h>

/// Files that the fake ComfyUI carries inside the binary: JSON text, not terminated, there for good.

/// The node classes, in the compact form that `NodeFile` reads.
const unsigned char *comfyui_object_info(size_t *length);

/// What GET /node_replacements answers.
const unsigned char *comfyui_node_replacements(size_t *length);
