/* SwiftPM wants a source file. */
#include "lanes.h"
