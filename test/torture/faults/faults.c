/*
 * Preloaded into an engine (LD_PRELOAD): chosen system calls fail, the wall clock is elsewhere, and the boot has another
 * id. What fails is said by a file that the rig writes and every such process maps.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* As in preload.ts. */
enum kind { OPEN, FORK, EXEC, WRITE, FSYNC, RENAME, MKDIR, UNLINK, MOUNT, NAMESPACE, NETLINK, KINDS };

static struct {
  int32_t kind;         /* which fails; -1: none */
  int32_t first, times; /* from this call on, so many, counted from 1 since the rig began to count */
  int32_t error;        /* the errno */
  int64_t clock;        /* seconds that the wall clock is ahead */
  int32_t seen[KINDS];  /* calls so far */
  int32_t failed;       /* how many of them failed */
} *control;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("GANTRY_RIG_CONTROL");
  int fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
  if (fd < 0) return;
  void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map != MAP_FAILED) control = map;
  syscall(SYS_close, fd);
}

static int fails(enum kind kind) {
  if (!control) return 0;
  int nth = __atomic_add_fetch(&control->seen[kind], 1, __ATOMIC_SEQ_CST);
  if (control->kind != (int)kind || nth < control->first || nth >= control->first + control->times) return 0;
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
  errno = control->error;
  return 1;
}

/* The C library's own function of that name. */
#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))
/* A function that fails as the control says, and else is the C library's. */
#define WRAP(kind, type, name, parameters, arguments, ...) \
  type name parameters { return fails(kind) ? (type)-1 : NEXT(type, name, __VA_ARGS__) arguments; }

/* --- files --- */

static int open_file(int folder, const char *path, int flags, mode_t mode) {
  const char *boot = getenv("GANTRY_RIG_BOOT_ID");
  if (boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) path = boot;
  return fails(OPEN) ? -1 : syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0; }

#define OPEN_FILE(name, parameters, folder) \
  int name parameters { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return open_file(folder, path, flags, mode); \
  }
OPEN_FILE(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN_FILE(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN_FILE(openat, (int folder, const char *path, int flags, ...), folder)
OPEN_FILE(openat64, (int folder, const char *path, int flags, ...), folder)

/* Pipes and sockets are let alone: Node itself ends where its own cannot be written. */
static int is_file(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}
#define WRITE_FILE(name, parameters, arguments, ...) \
  ssize_t name parameters { return is_file(fd) && fails(WRITE) ? -1 : NEXT(ssize_t, name, __VA_ARGS__) arguments; }
WRITE_FILE(write, (int fd, const void *from, size_t size), (fd, from, size), int, const void *, size_t)
WRITE_FILE(pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at), int, const void *, size_t, off_t)
WRITE_FILE(pwrite64, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at), int, const void *, size_t, off_t)
WRITE_FILE(writev, (int fd, const struct iovec *from, int count), (fd, from, count), int, const struct iovec *, int)

WRAP(FSYNC, int, fsync, (int fd), (fd), int)
WRAP(FSYNC, int, fdatasync, (int fd), (fd), int)
WRAP(RENAME, int, rename, (const char *from, const char *to), (from, to), const char *, const char *)
WRAP(MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode), const char *, mode_t)
WRAP(UNLINK, int, unlink, (const char *path), (path), const char *)
WRAP(UNLINK, int, rmdir, (const char *path), (path), const char *)
WRAP(UNLINK, int, remove, (const char *path), (path), const char *)
WRAP(UNLINK, int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), int, const char *, int)

/* --- processes, mounts, namespaces --- */

WRAP(FORK, pid_t, fork, (void), (), void)

/* A tool that ends with 1, without a word. */
int execvp(const char *file, char *const args[]) {
  char *const failing[] = {"false", NULL};
  int fail = fails(EXEC);
  return NEXT(int, execvp, const char *, char *const[])(fail ? "/bin/false" : file, fail ? failing : args);
}

WRAP(MOUNT, int, mount, (const char *from, const char *to, const char *type, unsigned long flags, const void *data),
     (from, to, type, flags, data), const char *, const char *, const char *, unsigned long, const void *)
WRAP(MOUNT, int, umount2, (const char *path, int flags), (path, flags), const char *, int)
WRAP(NAMESPACE, int, unshare, (int flags), (flags), int)

/* Where it fails on the way back, an engine has to give up; on the way in it is a failure as any other. */
WRAP(NAMESPACE, int, setns, (int fd, int kind), (fd, kind), int, int)

/* --- netlink --- */

int socket(int family, int type, int protocol) {
  return family == AF_NETLINK && fails(NETLINK) ? -1 : NEXT(int, socket, int, int, int)(family, type, protocol);
}

static int is_netlink(int fd) {
  int family = 0;
  socklen_t size = sizeof family;
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_NETLINK;
}
ssize_t send(int fd, const void *from, size_t size, int flags) {
  return is_netlink(fd) && fails(NETLINK) ? -1 : NEXT(ssize_t, send, int, const void *, size_t, int)(fd, from, size, flags);
}

/* --- the wall clock --- */

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = NEXT(int, clock_gettime, clockid_t, struct timespec *)(clock, now);
  if (control && clock == CLOCK_REALTIME) now->tv_sec += control->clock;
  return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = NEXT(int, gettimeofday, struct timeval *, void *)(now, zone);
  if (control) now->tv_sec += control->clock;
  return result;
}

/* --- what looks for functions by name finds those above first, as does what is linked --- */

void *dlopen(const char *name, int flags) {
  int is_libc = name && strncmp(name, "libc.so", 7) == 0;
  return NEXT(void *, dlopen, const char *, int)(is_libc ? NULL : name, flags);
}
