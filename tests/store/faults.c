/* Lets the n-th write, sync, truncation or removal of a store's file fail, when it is preloaded.

   fault_arm(n, kind): the n-th call from now on fails; kind 0: no room, 1: an input/output error,
   2: half of it is written, then no room, 3: only syncs count and fail.  fault_arm(0, 0) ends it.
   fault_count(): calls since. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int at, kind, count;

void fault_arm(int n, int k) { at = n; kind = k; count = 0; }
int fault_count(void) { return count; }

static int ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return strstr(path, ".sqlite3") != NULL || strstr(path, ".seqx") != NULL;
}

static int due(int fd, int sync) {
    if (!at || (kind == 3 && !sync) || !ours(fd)) return 0;
    return ++count >= at;   /* a full disk stays full until it is disarmed */
}

static int fails(void) { errno = kind == 0 || kind == 2 ? ENOSPC : EIO; return -1; }

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name);

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t)
    if (due(fd, 0)) {
        if (kind == 2 && count == at && size > 1) return real(fd, data, size / 2, offset);
        return fails();
    }
    return real(fd, data, size, offset);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return pwrite64(fd, data, size, offset);
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL("write", ssize_t, int, const void *, size_t)
    if (at && due(fd, 0)) {
        if (kind == 2 && count == at && size > 1) return real(fd, data, size / 2);
        return fails();
    }
    return real(fd, data, size);
}

int fsync(int fd) {
    REAL("fsync", int, int)
    return due(fd, 1) ? fails() : real(fd);
}

int fdatasync(int fd) {
    REAL("fdatasync", int, int)
    return due(fd, 1) ? fails() : real(fd);
}

int ftruncate64(int fd, off64_t size) {
    REAL("ftruncate64", int, int, off64_t)
    return due(fd, 0) ? fails() : real(fd, size);
}
