/* SPDX-License-Identifier: ISC */
#include "wire/varlink.h"

#include <errno.h>
#include <string.h>

void pxe_varlink_init(struct pxe_varlink_stream *stream, char *buf, size_t max)
{
	*stream = (struct pxe_varlink_stream) { .buf = buf, .max = max };
}

int pxe_varlink_next(struct pxe_varlink_stream *stream, const char **text,
		     size_t *len)
{
	size_t left = stream->len - stream->at;
	size_t fresh = left - stream->seen;
	const char *begin, *nul;
	size_t n;

	if (left == 0)
		return 0;
	begin = stream->buf + stream->at;
	nul = fresh > 0 ? memchr(begin + stream->seen, '\0', fresh) : NULL;
	n = nul != NULL ? (size_t)(nul - begin) : left;
	if (n > stream->max)
		return -EMSGSIZE;
	if (nul == NULL) {
		stream->seen = left;
		return 0;
	}
	stream->at += n + 1;
	stream->seen = 0;
	*text = begin;
	*len = n;
	return 1;
}

void pxe_varlink_compact(struct pxe_varlink_stream *stream)
{
	size_t left = stream->len - stream->at;

	if (stream->at < left)
		return;
	if (left > 0)
		memmove(stream->buf, stream->buf + stream->at, left);
	stream->len = left;
	stream->at = 0;
}
