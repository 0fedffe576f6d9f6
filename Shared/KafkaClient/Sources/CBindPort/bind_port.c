#define _GNU_SOURCE
#include "bind_port.h"

#ifdef __linux__
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

static _Atomic uint16_t wanted;

int bind_port_next(uint16_t port) {
    atomic_store(&wanted, port);
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
            uint16_t port = atomic_exchange(&wanted, 0);
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
int bind_port_next(uint16_t port) {
    (void)port;
    return -1;
}
#endif
