/* SPDX-License-Identifier: ISC */
#include "wire/tftp.h"

#include <errno.h>
#include <string.h>

#include "base/rd.h"
#include "base/str.h"
#include "base/wr.h"

static const char *const mode_names[PXE_TFTP_N_MODES] = {
#define X(id, name) [PXE_TFTP_MODE_##id] = name,
	PXE_TFTP_MODES(X)
#undef X
};

static const char *const opt_names[PXE_TFTP_N_OPTS] = {
#define X(id, name) [PXE_TFTP_OPT_##id] = name,
	PXE_TFTP_OPTS(X)
#undef X
};

const char *pxe_tftp_opt_name(enum pxe_tftp_opt opt)
{
	return (unsigned)opt < PXE_TFTP_N_OPTS ? opt_names[opt] : "?";
}

/* The index of `text` among `n` names, in any case; `n` if it is not there. */
static size_t find_name(const char *const *names, size_t n, const char *text)
{
	size_t i = 0;

	while (i < n && strcasecmp(names[i], text) != 0)
		i++;
	return i;
}

/* Goes past NULs; anything else is bad: no option has an empty name. */
static void skip_padding(struct pxe_rd *rd)
{
	while (rd->left > 0)
		if (pxe_rd_u8(rd) != 0)
			pxe_rd_skip(rd, rd->left + 1);
}

/* Pairs of name and value to the end; NULs behind them are padding. */
static void parse_opts(struct pxe_rd *rd, struct pxe_tftp_opts *opts)
{
	while (rd->left > 0) {
		const char *name, *text;
		uint64_t value;
		size_t len, i;

		if (rd->p[0] == '\0') {
			skip_padding(rd);
			return;
		}
		name = pxe_rd_cstr(rd, &len);
		text = pxe_rd_cstr(rd, &len);
		if (rd->bad)
			return;
		i = find_name(opt_names, PXE_TFTP_N_OPTS, name);
		if (i == PXE_TFTP_N_OPTS) {
			opts->n_unknown++;
		} else if (opts->opt[i].is_set ||
			   pxe_str_to_u64(text, 0, UINT64_MAX, &value) != 0) {
			opts->n_bad++;
		} else {
			opts->opt[i].is_set = true;
			opts->opt[i].value = value;
		}
	}
}

static void parse_request(struct pxe_rd *rd, struct pxe_tftp_packet *packet)
{
	const char *mode;
	size_t len;

	packet->file = pxe_rd_cstr(rd, &packet->file_len);
	mode = pxe_rd_cstr(rd, &len);
	if (rd->bad)
		return;
	packet->mode = (enum pxe_tftp_mode)find_name(mode_names,
						     PXE_TFTP_N_MODES, mode);
	parse_opts(rd, &packet->opts);
}

static void parse_data(struct pxe_rd *rd, struct pxe_tftp_packet *packet)
{
	packet->block = pxe_rd_u16(rd);
	packet->data_len = rd->left;
	packet->data = pxe_rd_bytes(rd, rd->left);
}

static void parse_ack(struct pxe_rd *rd, struct pxe_tftp_packet *packet)
{
	packet->block = pxe_rd_u16(rd);
}

/* Some clients leave out the text, or its NUL. */
static void parse_error(struct pxe_rd *rd, struct pxe_tftp_packet *packet)
{
	packet->code = pxe_rd_u16(rd);
	packet->data = rd->p;
	while (packet->data_len < rd->left && rd->p[packet->data_len] != 0)
		packet->data_len++;
}

static void parse_oack(struct pxe_rd *rd, struct pxe_tftp_packet *packet)
{
	parse_opts(rd, &packet->opts);
}

int pxe_tftp_parse(const void *buf, size_t len, struct pxe_tftp_packet *packet)
{
	static void (*const parsers[])(struct pxe_rd *,
				       struct pxe_tftp_packet *) = {
		[PXE_TFTP_RRQ] = parse_request, [PXE_TFTP_WRQ] = parse_request,
		[PXE_TFTP_DATA] = parse_data,   [PXE_TFTP_ACK] = parse_ack,
		[PXE_TFTP_ERROR] = parse_error, [PXE_TFTP_OACK] = parse_oack,
	};
	struct pxe_tftp_packet out = { 0 };
	struct pxe_rd rd;
	uint16_t op;

	pxe_rd_init(&rd, buf, len);
	op = pxe_rd_u16(&rd);
	if (rd.bad)
		return -EBADMSG;
	if (op >= PXE_LEN(parsers) || parsers[op] == NULL)
		return -EINVAL;
	out.op = (enum pxe_tftp_op)op;
	parsers[op](&rd, &out);
	if (rd.bad)
		return -EBADMSG;
	*packet = out;
	return 0;
}

static int end(const struct pxe_wr *wr)
{
	return wr->bad ? -ENOSPC : (int)wr->len;
}

int pxe_tftp_build_oack(const struct pxe_tftp_opts *opts, void *buf, size_t cap)
{
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, cap);
	pxe_wr_u16(&wr, PXE_TFTP_OACK);
	for (size_t i = 0; i < PXE_TFTP_N_OPTS; i++) {
		char text[24];
		struct pxe_str s;

		if (!opts->opt[i].is_set)
			continue;
		pxe_str_init(&s, text, sizeof(text));
		pxe_str_putf(&s, "%llu",
			     (unsigned long long)opts->opt[i].value);
		pxe_wr_cstr(&wr, opt_names[i]);
		pxe_wr_cstr(&wr, text);
	}
	return end(&wr);
}

/* DATA and ACK begin alike. */
static int build_head(enum pxe_tftp_op op, uint16_t block, void *buf,
		      size_t cap)
{
	struct pxe_wr wr;

	pxe_wr_init(&wr, buf, cap);
	pxe_wr_u16(&wr, (uint16_t)op);
	pxe_wr_u16(&wr, block);
	return end(&wr);
}

int pxe_tftp_build_data(uint16_t block, void *buf, size_t cap)
{
	return build_head(PXE_TFTP_DATA, block, buf, cap);
}

int pxe_tftp_build_ack(uint16_t block, void *buf, size_t cap)
{
	return build_head(PXE_TFTP_ACK, block, buf, cap);
}

int pxe_tftp_build_error(enum pxe_tftp_code code, const char *text, void *buf,
			 size_t cap)
{
	struct pxe_wr wr;
	size_t len = strlen(text);

	pxe_wr_init(&wr, buf, cap);
	pxe_wr_u16(&wr, PXE_TFTP_ERROR);
	pxe_wr_u16(&wr, (uint16_t)code);
	if (pxe_wr_room(&wr) > 0 && len > pxe_wr_room(&wr) - 1)
		len = pxe_wr_room(&wr) - 1;
	pxe_wr_bytes(&wr, text, len);
	pxe_wr_u8(&wr, 0);
	return end(&wr);
}
