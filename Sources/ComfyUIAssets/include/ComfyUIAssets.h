#pragma once
#include <stddef.h>

/// Files that the fake ComfyUI carries inside the binary: JSON text, not terminated, there for good.

/// The node classes, in the compact form that `NodeFile` reads.
const unsigned char *comfyui_object_info(size_t *length);

/// What GET /node_replacements answers.
const unsigned char *comfyui_node_replacements(size_t *length);

/// Workflow templates of our own, by file name: what /templates has where the real ones are not installed.
const unsigned char *comfyui_templates(size_t *length);

/// Subgraphs of our own, by id, with their data: what GET /global_subgraphs tells of.
const unsigned char *comfyui_subgraphs(size_t *length);
