// Says what the system call filters of its container do with calls, without making any of them.
//
// Arguments: "ABI NUMBER FIRST", of ABIs "native" and "i386". Prints a line for each: "allowed", or the name of its errno.
// A filter of its own hands each call that the container's filters allow to a thread here, which answers in the kernel's place.
// Where filters disagree the kernel takes the stricter verdict, so a refusal comes from the container's.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// No call of the kernel's fails with it.
static const int ALLOWED = 4000;
static const long END = 0x656e64;

static volatile int listener = -1;
static int *results;
static char **calls;
static int count;

static void print(void) {
  for (int i = 0; i < count; i++)
    puts(results[i] == ALLOWED ? "allowed" : results[i] == EPERM ? "EPERM" : results[i] == ENOSYS ? "ENOSYS" : "other");
  fflush(stdout);
}

static void *answer(void *unused) {
  while (listener < 0) usleep(1000);
  for (;;) {
    struct seccomp_notif asked;
    memset(&asked, 0, sizeof asked);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) exit(3);
    if (asked.data.nr == __NR_exit && asked.data.args[0] == (unsigned long)END) {
      print();
      _exit(0);
    }
    struct seccomp_notif_resp verdict = {.id = asked.id, .error = -ALLOWED};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &verdict) != 0) exit(4);
  }
  return unused;
}

static int make(const char *call) {
  char abi[8];
  long number;
  unsigned long first;
  if (sscanf(call, "%7s %li %li", abi, &number, &first) != 3) exit(5);
#ifdef __x86_64__
  if (strcmp(abi, "i386") == 0) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"((int)number), "b"((int)first), "c"(0), "d"(0), "S"(0), "D"(0)
                     : "memory");
    return -result;
  }
#endif
  return syscall(number, first, 0, 0, 0, 0, 0) == -1 ? errno : 0;
}

int main(int argc, char **argv) {
  count = argc - 1;
  calls = argv + 1;
  results = calloc(count + 1, sizeof *results);
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer, NULL) != 0) return 1;
  struct sock_filter ask = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  struct sock_fprog filter = {.len = 1, .filter = &ask};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // The thread has been started: it alone is left to the container's filters.
  int fd = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  if (fd < 0) return 2;
  listener = fd;
  for (int i = 0; i < count; i++) results[i] = make(calls[i]);
  syscall(__NR_exit, END);
  return 6;
}
