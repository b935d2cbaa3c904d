/* SPDX-License-Identifier: ISC */
#include "httpd/post.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void deliver(struct pxe_postbox *box, bool is_late)
{
	STAILQ_HEAD(, pxe_post) posts;
	struct pxe_post *post;

	STAILQ_INIT(&posts);
	pthread_mutex_lock(&box->lock);
	STAILQ_CONCAT(&posts, &box->posts);
	box->n = 0;
	pthread_mutex_unlock(&box->lock);
	while ((post = STAILQ_FIRST(&posts)) != NULL) {
		STAILQ_REMOVE_HEAD(&posts, entry);
		post->deliver(post, is_late);
	}
}

static void on_post(evutil_socket_t fd, short what PXE_UNUSED, void *arg)
{
	uint64_t n;

	while (read(fd, &n, sizeof(n)) < 0 && errno == EINTR)
		;
	deliver(arg, false);
}

int pxe_postbox_open(struct pxe_postbox *box, struct event_base *base)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	box->event = event_new(base, fd, EV_READ | EV_PERSIST, on_post, box);
	if (box->event == NULL || event_add(box->event, NULL) < 0) {
		if (box->event != NULL)
			event_free(box->event);
		box->event = NULL;
		close(fd);
		return -ENOMEM;
	}
	box->wake_fd = fd;
	STAILQ_INIT(&box->posts);
	pthread_mutex_init(&box->lock, NULL);
	return 0;
}

bool pxe_postbox_put(struct pxe_postbox *box, struct pxe_post *post, size_t max)
{
	static const uint64_t one = 1;
	bool is_first, fits;

	pthread_mutex_lock(&box->lock);
	fits = max == 0 || box->n < max;
	is_first = box->n == 0;
	if (fits) {
		STAILQ_INSERT_TAIL(&box->posts, post, entry);
		box->n++;
	}
	pthread_mutex_unlock(&box->lock);
	if (fits && is_first)
		while (write(box->wake_fd, &one, sizeof(one)) < 0 &&
		       errno == EINTR)
			;
	return fits;
}

void pxe_postbox_close(struct pxe_postbox *box)
{
	if (box->event == NULL)
		return;
	deliver(box, true);
	event_free(box->event);
	box->event = NULL;
	close(box->wake_fd);
	pthread_mutex_destroy(&box->lock);
}
