#define _GNU_SOURCE
#include "bind_port.h"

#ifdef __linux__
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

// The next port in the upper half, how many are left in the lower.
static _Atomic uint32_t wanted;

int bind_ports_next(uint16_t first, uint16_t count) {
    atomic_store(&wanted, (uint32_t)first << 16 | count);
    return 0;
}

// 0 when there is none left.
static uint16_t next_port(void) {
    uint32_t now = atomic_load(&wanted);
    while (now & 0xffff) {
        if (atomic_compare_exchange_weak(&wanted, &now, now + (1u << 16) - 1)) return (uint16_t)(now >> 16);
    }
    return 0;
}

// The executable's own symbol comes before the C library's, for librdkafka too.
int bind(int socket, const struct sockaddr *address, socklen_t length) {
    int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    struct sockaddr_in changed;
    if (!next) {
        errno = ENOSYS;
        return -1;
    }
    if (address && address->sa_family == AF_INET && length >= sizeof changed) {
        memcpy(&changed, address, sizeof changed);
        if (changed.sin_port == 0 && changed.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            uint16_t port = next_port();
            if (port) {
                int yes = 1;
                setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
                changed.sin_port = htons(port);
                return next(socket, (const struct sockaddr *)&changed, sizeof changed);
            }
        }
    }
    return next(socket, address, length);
}
#else
int bind_ports_next(uint16_t first, uint16_t count) {
    (void)first;
    (void)count;
    return -1;
}
#endif
