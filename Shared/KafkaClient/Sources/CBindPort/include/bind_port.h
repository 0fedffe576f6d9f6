#pragma once

#include <stdint.h>

/// librdkafka 2.0.2 lets the mock broker listen on a random port only. After this call the next sockets of this process that ask for a
/// random port of 127.0.0.1, `count` of them, get `first` and those after it. Returns 0, or -1 where the linker cannot do that (anywhere
/// but Linux).
int bind_ports_next(uint16_t first, uint16_t count);
