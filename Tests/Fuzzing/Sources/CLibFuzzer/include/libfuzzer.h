#ifndef SYM_LIBFUZZER_H
#define SYM_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library; `-sanitize=fuzzer` links it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
