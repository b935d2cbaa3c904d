/* SPDX-License-Identifier: ISC */
#include "run/state_kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hwaddr.h"
#include "base/ip4.h"
#include "base/str.h"
#include "base/uuid.h"
#include "core/client.h"
#include "run/state_codec.h"

/* --- writing ------------------------------------------------------------- */

static void write_by_jansson(json_t *json, struct pxe_str *out)
{
	char *text = json != NULL
			     ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY)
			     : NULL;

	json_decref(json);
	if (text != NULL)
		pxe_str_puts(out, text);
	else
		out->cut = true; /* no memory */
	free(text);
}

static void write_quoted(const char *text, struct pxe_str *out)
{
	pxe_str_putc(out, '"');
	pxe_str_puts(out, text);
	pxe_str_putc(out, '"');
}

/* --- text ---------------------------------------------------------------- */

/* JSON holds UTF-8 only; anything else is escaped once more. */
static json_t *put_string(const char *text)
{
	json_t *json = json_string(text);
	char escaped[1024];
	struct pxe_str s;

	if (json != NULL)
		return json;
	pxe_str_init(&s, escaped, sizeof(escaped));
	pxe_str_put_escaped(&s, text, strlen(text));
	return json_string(escaped);
}

static json_t *put_text(const struct pxe_state_member *m, const void *at)
{
	(void)m;
	return put_string(at);
}

/* ASCII that JSON has as it is. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text == 0x7f || *text == '"' ||
		    *text == '\\')
			return false;
	return true;
}

void pxe_state_text_write(const char *text, struct pxe_str *out)
{
	if (is_plain(text))
		write_quoted(text, out);
	else
		write_by_jansson(put_string(text), out);
}

static void write_text(const struct pxe_state_member *m, const void *at,
		       struct pxe_str *out)
{
	(void)m;
	pxe_state_text_write(at, out);
}

/* C0, DEL and (in UTF-8) C1: what a terminal would act on. */
static bool has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		unsigned char next = (unsigned char)text[1];

		if (c < ' ' || c == 0x7f || (c == 0xc2 && next < 0xa0))
			return true;
	}
	return false;
}

/* Octets of `text` that fit into `cap` with a NUL, in whole characters. */
static size_t fitting(const char *text, size_t cap)
{
	size_t n = strlen(text);

	if (n < cap)
		return n;
	for (n = cap - 1; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static int get_text(const struct pxe_state_member *m,
		    const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;
	struct pxe_str s;

	if (text == NULL)
		return -EBADMSG;
	pxe_str_init(&s, at, m->size);
	if (has_control(text))
		pxe_str_put_escaped(&s, text, strlen(text));
	else
		pxe_str_putn(&s, text, fitting(text, m->size));
	return 0;
}

const struct pxe_state_kind pxe_state_a_text = { put_text, get_text,
						 write_text };

static json_t *put_key(const struct pxe_state_member *m, const void *at)
{
	(void)m;
	return put_string(*(const char *const *)at);
}

static void write_key(const struct pxe_state_member *m, const void *at,
		      struct pxe_str *out)
{
	(void)m;
	pxe_state_text_write(*(const char *const *)at, out);
}

static int get_key(const struct pxe_state_member *m,
		   const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;

	(void)m;
	if (text == NULL || !pxe_client_is_key(text))
		return -EBADMSG;
	*(const char **)at = text;
	return 0;
}

/* The key of a client, borrowed from the JSON. */
const struct pxe_state_kind pxe_state_a_key = { put_key, get_key, write_key };

static int get_key_copy(const struct pxe_state_member *m,
			const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;

	if (text == NULL || !pxe_client_is_key(text))
		return -EBADMSG;
	pxe_str_copy(at, m->size, text);
	return 0;
}

const struct pxe_state_kind pxe_state_a_key_copy = { put_text, get_key_copy,
						     write_text };

static json_t *put_word(const struct pxe_state_member *m, const void *at)
{
	return json_string(m->words->name(*(const unsigned *)at));
}

static void write_word(const struct pxe_state_member *m, const void *at,
		       struct pxe_str *out)
{
	write_quoted(m->words->name(*(const unsigned *)at), out);
}

static int get_word(const struct pxe_state_member *m,
		    const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;
	int value = text != NULL ? m->words->value(text) : -ENOENT;

	if (value < 0)
		return -EBADMSG;
	*(unsigned *)at = (unsigned)value;
	return 0;
}

const struct pxe_state_kind pxe_state_a_word = { put_word, get_word,
						 write_word };

/* --- numbers and addresses ----------------------------------------------- */

/* JSON has no more than 63 bits. */
static int64_t number_at(const struct pxe_state_member *m, const void *at)
{
	uint64_t value =
		m->size == 8 ? *(const uint64_t *)at : *(const uint32_t *)at;

	return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

static json_t *put_number(const struct pxe_state_member *m, const void *at)
{
	return json_integer(number_at(m, at));
}

static void write_number(const struct pxe_state_member *m, const void *at,
			 struct pxe_str *out)
{
	pxe_str_put_u64(out, (uint64_t)number_at(m, at));
}

static int get_number(const struct pxe_state_member *m,
		      const struct pxe_state_value *v, void *at)
{
	int64_t value = v->number != NULL ? *v->number : -1;

	if (value < 0 || (m->size == 4 && value > UINT32_MAX))
		return -EBADMSG;
	if (m->size == 8)
		*(uint64_t *)at = (uint64_t)value;
	else
		*(uint32_t *)at = (uint32_t)value;
	return 0;
}

/* Not negative, of 32 or 64 bits. */
const struct pxe_state_kind pxe_state_a_number = { put_number, get_number,
						   write_number };

static json_t *put_bool(const struct pxe_state_member *m, const void *at)
{
	(void)m;
	return json_boolean(*(const bool *)at);
}

static void write_bool(const struct pxe_state_member *m, const void *at,
		       struct pxe_str *out)
{
	(void)m;
	pxe_str_puts(out, *(const bool *)at ? "true" : "false");
}

static int get_bool(const struct pxe_state_member *m,
		    const struct pxe_state_value *v, void *at)
{
	(void)m;
	if (v->flag == NULL)
		return -EBADMSG;
	*(bool *)at = *v->flag;
	return 0;
}

const struct pxe_state_kind pxe_state_a_bool = { put_bool, get_bool,
						 write_bool };

/* Kept so that 0 is a value and PXE_ARCH_NONE is absence. */
static json_t *put_arch(const struct pxe_state_member *m, const void *at)
{
	(void)m;
	return json_integer(*(const uint16_t *)at);
}

static void write_arch(const struct pxe_state_member *m, const void *at,
		       struct pxe_str *out)
{
	(void)m;
	pxe_str_put_u64(out, *(const uint16_t *)at);
}

static int get_arch(const struct pxe_state_member *m,
		    const struct pxe_state_value *v, void *at)
{
	int64_t value = v->number != NULL ? *v->number : -1;

	(void)m;
	if (value < 0 || value > UINT16_MAX)
		return -EBADMSG;
	*(uint16_t *)at = (uint16_t)value;
	return 0;
}

const struct pxe_state_kind pxe_state_an_arch = { put_arch, get_arch,
						  write_arch };

static json_t *put_address(const struct pxe_state_member *m, const void *at)
{
	char text[PXE_IP4_TEXT];

	(void)m;
	pxe_ip4_format(*(const uint32_t *)at, text, sizeof(text));
	return json_string(text);
}

static void write_address(const struct pxe_state_member *m, const void *at,
			  struct pxe_str *out)
{
	char text[PXE_IP4_TEXT];

	(void)m;
	pxe_ip4_format(*(const uint32_t *)at, text, sizeof(text));
	write_quoted(text, out);
}

static int get_address(const struct pxe_state_member *m,
		       const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;
	uint32_t address;

	(void)m;
	if (text == NULL || pxe_ip4_parse(text, &address) < 0)
		return -EBADMSG;
	*(uint32_t *)at = address;
	return 0;
}

const struct pxe_state_kind pxe_state_an_address = { put_address, get_address,
						     write_address };

static json_t *put_hwaddr(const struct pxe_state_member *m, const void *at)
{
	char text[PXE_HWADDR_TEXT];

	(void)m;
	pxe_hwaddr_format(at, text, sizeof(text));
	return json_string(text);
}

static void write_hwaddr(const struct pxe_state_member *m, const void *at,
			 struct pxe_str *out)
{
	char text[PXE_HWADDR_TEXT];

	(void)m;
	pxe_hwaddr_format(at, text, sizeof(text));
	write_quoted(text, out);
}

static int get_hwaddr(const struct pxe_state_member *m,
		      const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;
	struct pxe_hwaddr hw;

	(void)m;
	if (text == NULL || pxe_hwaddr_parse(text, &hw) < 0)
		return -EBADMSG;
	*(struct pxe_hwaddr *)at = hw;
	return 0;
}

const struct pxe_state_kind pxe_state_a_hwaddr = { put_hwaddr, get_hwaddr,
						   write_hwaddr };

static json_t *put_uuid(const struct pxe_state_member *m, const void *at)
{
	char text[PXE_UUID_TEXT];

	(void)m;
	pxe_uuid_format(at, text, sizeof(text));
	return json_string(text);
}

static void write_uuid(const struct pxe_state_member *m, const void *at,
		       struct pxe_str *out)
{
	char text[PXE_UUID_TEXT];

	(void)m;
	pxe_uuid_format(at, text, sizeof(text));
	write_quoted(text, out);
}

static int get_uuid(const struct pxe_state_member *m,
		    const struct pxe_state_value *v, void *at)
{
	const char *text = v->text;

	(void)m;
	return text != NULL && pxe_uuid_parse(text, at) == 0 ? 0 : -EBADMSG;
}

const struct pxe_state_kind pxe_state_a_uuid = { put_uuid, get_uuid,
						 write_uuid };
