/* SPDX-License-Identifier: ISC */
#include "run/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct pxe_clock_time pxe_clock_read(void)
{
	return (struct pxe_clock_time){ .wall_ms = read_ms(CLOCK_REALTIME),
					.up_ms = read_ms(CLOCK_BOOTTIME) };
}

void pxe_clock_read_boot_id(char *text)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, PXE_CLOCK_BOOT_ID_TEXT - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
}
