#include "GradioAssets.h"
