/* SPDX-License-Identifier: ISC */
/*
 * Preloaded, a disk that takes its time: fsync(2) of a file lasts SLOW_SYNC_MS,
 * where that is set.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fsync(int fd)
{
	const char *text = getenv("SLOW_SYNC_MS");
	long ms = text != NULL ? atol(text) : 0;
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		nanosleep(&pause, NULL);
	return (int)syscall(SYS_fsync, fd);
}
