#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>

/// Bytes that the program has of the heap; 0 where the C library does not say.
size_t heap_in_use(void);

#endif
