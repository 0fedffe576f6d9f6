#pragma once

#include <stdint.h>

/// librdkafka 2.0.2 lets the mock broker listen on a random port only. After this call the next socket of this process that asks for
/// a random port of 127.0.0.1 gets this one. Returns 0, or -1 where the linker cannot do that (anywhere but Linux).
int bind_port_next(uint16_t port);
