#include "GradioAssets.h"

// #embed is of C23; clang takes it in every C.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char components3[] = {
#embed "data/components-3.json"
};
static const unsigned char components4[] = {
#embed "data/components-4.json"
};
static const unsigned char components5[] = {
#embed "data/components-5.json"
};
static const unsigned char components6[] = {
#embed "data/components-6.json"
};
static const unsigned char frames[] = {
#embed "data/frames.json"
};
static const unsigned char theme[] = {
#embed "data/theme.css"
};
static const unsigned char wan2gp[] = {
#embed "apps/wan2gp.yaml"
};
static const unsigned char rvc[] = {
#embed "apps/rvc.yaml"
};
static const unsigned char audioldm[] = {
#embed "apps/audioldm.yaml"
};
static const unsigned char echo[] = {
#embed "apps/echo.yaml"
};

#define ASSET(name) ((GradioAsset){ name, sizeof name })

GradioAsset gradioComponents(int major) {
    switch (major) {
    case 3: return ASSET(components3);
    case 4: return ASSET(components4);
    case 5: return ASSET(components5);
    case 6: return ASSET(components6);
    default: return (GradioAsset){ 0, 0 };
    }
}

GradioAsset gradioFrames(void) { return ASSET(frames); }

GradioAsset gradioTheme(void) { return ASSET(theme); }

GradioAsset gradioApp(size_t index) {
    switch (index) {
    case 0: return ASSET(wan2gp);
    case 1: return ASSET(audioldm);
    case 2: return ASSET(rvc);
    case 3: return ASSET(echo);
    default: return (GradioAsset){ 0, 0 };
    }
}
