#include "ComfyUIAssets.h"

// The one compiler of this project has had #embed in C since before C23 was its default.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char object_info[] = {
#embed "object_info.json"
};

static const unsigned char node_replacements[] = {
#embed "node_replacements.json"
};

static const unsigned char templates[] = {
#embed "templates.json"
};

static const unsigned char subgraphs[] = {
#embed "subgraphs.json"
};

const unsigned char *comfyui_object_info(size_t *length) {
    *length = sizeof object_info;
    return object_info;
}

const unsigned char *comfyui_node_replacements(size_t *length) {
    *length = sizeof node_replacements;
    return node_replacements;
}

const unsigned char *comfyui_templates(size_t *length) {
    *length = sizeof templates;
    return templates;
}

const unsigned char *comfyui_subgraphs(size_t *length) {
    *length = sizeof subgraphs;
    return subgraphs;
}
