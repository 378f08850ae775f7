#include "ComfyUIAssets.h"
