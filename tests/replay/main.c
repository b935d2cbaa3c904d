/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ip4.h"
#include "base/str.h"
#include "run/conf_load.h"
#include "tests/replay/replay.h"

struct script {
	FILE *in;
	const char *file;
	unsigned number;
	char dir[64]; /* its configuration */
	struct world world;
	char client[64]; /* who spoke last */
	bool is_conf_new;
};

bool complain(const struct line *line, const char *fmt, ...)
{
	va_list args;

	printf("# %s:%u: ", line->file, line->number);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	return false;
}

const char *find_value(const struct line *line, size_t from, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = from; i < line->n; i++)
		if (strncmp(line->word[i], key, n) == 0 &&
		    line->word[i][n] == '=')
			return line->word[i] + n + 1;
	return NULL;
}

/* Splits at blanks that are not in double quotes, which are dropped. */
static bool split(char *text, struct line *line)
{
	char *out = text;

	line->n = 0;
	for (;;) {
		bool quoted = false;

		text += strspn(text, " \t\n");
		if (*text == '\0' || *text == '#')
			return true;
		if (line->n == WORDS_MAX)
			return complain(line, "too many words");
		line->word[line->n++] = out;
		for (; *text != '\0' && (quoted || !strchr(" \t\n", *text));
		     text++)
			if (*text == '"')
				quoted = !quoted;
			else
				*out++ = *text;
		if (*text != '\0')
			text++;
		*out++ = '\0';
	}
}

static void tell_conf(enum pxe_conf_severity severity,
		      const struct pxe_src *src, const char *text, void *arg)
{
	(void)arg;
	if (severity == PXE_CONF_ERROR)
		printf("# %s:%u: %s\n", src->file, src->line, text);
}

static bool load_conf(struct script *s, const struct line *line)
{
	const unsigned files = PXE_CONF_FILE_PXE | PXE_CONF_FILE_DHCPD |
			       PXE_CONF_FILE_BOOT | PXE_CONF_FILE_HOSTS;
	struct pxe_conf *conf;

	if (!s->is_conf_new)
		return s->world.conf != NULL ||
		       complain(line, "there is no configuration");
	s->is_conf_new = false;
	if (pxe_conf_load(s->dir, files, tell_conf, NULL, &conf) < 0)
		return complain(line, "the configuration is wrong");
	if (!world_configure(&s->world, conf))
		return complain(line, "the configuration cannot be used");
	if (!s->world.has_leases && s->world.stated != STATED_AWAY)
		world_restart(&s->world);
	return true;
}

/* conf FILE, then its lines up to "end". */
static bool do_conf(struct script *s, const struct line *line)
{
	char path[128], text[1024];
	FILE *out;

	if (line->n != 2 || strchr(line->word[1], '/') != NULL)
		return complain(line, "conf FILE");
	snprintf(path, sizeof(path), "%s/%s", s->dir, line->word[1]);
	out = fopen(path, "w");
	if (out == NULL)
		return complain(line, "%s: %s", path, strerror(errno));
	while (fgets(text, sizeof(text), s->in) != NULL) {
		s->number++;
		if (strcmp(text, "end\n") == 0)
			break;
		fputs(text, out);
	}
	fclose(out);
	s->is_conf_new = true;
	return true;
}

/* interface 192.168.200.1/24 ... */
static bool do_interface(struct script *s, const struct line *line)
{
	struct world *w = &s->world;

	w->n_addr = 0;
	for (size_t i = 1; i < line->n && w->n_addr < ADDRS_MAX; i++) {
		char *slash = strchr(line->word[i], '/');
		struct pxe_if_addr *a = &w->addr[w->n_addr++];

		if (slash == NULL)
			return complain(line, "ADDRESS/PREFIX");
		*slash = '\0';
		a->prefix = (uint8_t)strtoul(slash + 1, NULL, 10);
		if (pxe_ip4_parse(line->word[i], &a->address) < 0)
			return complain(line, "not an address");
	}
	s->is_conf_new = s->world.conf != NULL || s->is_conf_new;
	return true;
}

static bool run_words(struct script *s, struct line *line);

/* at 90s COMMAND.. */
static bool do_at(struct script *s, const struct line *line)
{
	struct line rest = *line;
	int64_t at_s;

	if (line->n < 2)
		return complain(line, "at N s COMMAND");
	at_s = BASE_S + strtol(line->word[1], NULL, 10);
	if (at_s < s->world.now_s)
		return complain(line, "time goes forward");
	s->world.now_s = at_s;
	rest.n -= 2;
	memmove(rest.word, rest.word + 2, rest.n * sizeof(rest.word[0]));
	return rest.n == 0 || run_words(s, &rest);
}

/* to=ADDRESS from=ADDRESS:PORT port=PORT: around the message. */
static bool read_arrival(const struct line *line, size_t at,
			 struct pxe_arrival *arrival, uint16_t *port)
{
	const char *to = find_value(line, at, "to");
	const char *from = find_value(line, at, "from");
	const char *on = find_value(line, at, "port");
	char text[PXE_IP4_TEXT];
	const char *colon = from != NULL ? strchr(from, ':') : NULL;

	*arrival = (struct pxe_arrival) { .dst = PXE_IP4_BROADCAST,
					  .src_port = 68 };
	*port = on != NULL ? (uint16_t)strtoul(on, NULL, 10) : 0;
	if (to != NULL && pxe_ip4_parse(to, &arrival->dst) < 0)
		return complain(line, "not an address: %s", to);
	if (from == NULL)
		return true;
	if (colon == NULL || (size_t)(colon - from) >= sizeof(text))
		return complain(line, "not ADDRESS:PORT: %s", from);
	memcpy(text, from, (size_t)(colon - from));
	text[colon - from] = '\0';
	arrival->src_port = (uint16_t)strtoul(colon + 1, NULL, 10);
	if (pxe_ip4_parse(text, &arrival->src) < 0)
		return complain(line, "not an address: %s", text);
	return true;
}

/* client [MAC] sends WHAT [to=ADDRESS] key=value.. */
static bool do_client(struct script *s, const struct line *line)
{
	size_t at = 1;
	struct pxe_arrival arrival;
	uint8_t buf[2048];
	uint16_t port;
	size_t len;

	if (line->n > 1 && strcmp(line->word[1], "sends") != 0)
		(void)pxe_str_copy(s->client, sizeof(s->client),
				   line->word[at++]);
	if (line->n < at + 2 || strcmp(line->word[at], "sends") != 0)
		return complain(line, "client [MAC] sends WHAT");
	if (!load_conf(s, line))
		return false;
	if (!read_arrival(line, at + 2, &arrival, &port) ||
	    !message_make(line, at + 1, s->client, buf, sizeof(buf), &len))
		return false;
	world_receive(&s->world, &arrival, port, buf, len);
	return true;
}

static bool do_expect(struct script *s, const struct line *line)
{
	return expect_outcome(line, world_take(&s->world));
}

/* stated prompt | slow | away | refuses REASON */
static bool do_stated(struct script *s, const struct line *line)
{
	static const char *const words[] = { "prompt", "slow", "away",
					     "refuses" };
	int refusal = PXE_REASON_OK;

	if (line->n > 2)
		refusal = pxe_reason_from_name(line->word[2]);
	for (int i = 0; i < (int)PXE_LEN(words) && line->n > 1; i++)
		if (strcmp(words[i], line->word[1]) == 0 && refusal >= 0) {
			world_set_stated(&s->world, (enum stated)i,
					 (enum pxe_reason)refusal);
			return true;
		}
	return complain(line, "stated prompt|slow|away|refuses REASON");
}

/* rival none | looking | active; pxe-rival none | active */
static bool do_pxe_rival(struct script *s, const struct line *line)
{
	if (line->n != 2)
		return complain(line, "pxe-rival none|active");
	s->world.has_pxe_rival = strcmp(line->word[1], "active") == 0;
	return s->world.has_pxe_rival || strcmp(line->word[1], "none") == 0 ||
	       complain(line, "pxe-rival none|active");
}

static bool do_rival(struct script *s, const struct line *line)
{
	static const char *const words[] = {
		[PXE_DECIDE_ALONE] = "none",
		[PXE_DECIDE_LOOKING] = "looking",
		[PXE_DECIDE_RIVAL] = "active",
	};

	for (int i = 0; i < (int)PXE_LEN(words) && line->n == 2; i++)
		if (strcmp(words[i], line->word[1]) == 0) {
			s->world.rival = (enum pxe_decide_rival)i;
			return true;
		}
	return complain(line, "rival none|looking|active");
}

static bool do_restart(struct script *s, const struct line *line)
{
	if (!load_conf(s, line))
		return false;
	world_restart(&s->world);
	return true;
}

/* lease ADDRESS CLIENT STATE UNTILs: it is on pxe-stated's disk already. */
static bool do_lease(struct script *s, const struct line *line)
{
	struct pxe_lease lease = { .start_s = s->world.now_s };
	int state;

	if (line->n != 5)
		return complain(line, "lease ADDRESS CLIENT STATE UNTIL");
	state = pxe_lease_state_from_name(line->word[3]);
	if (pxe_ip4_parse(line->word[1], &lease.address) < 0 || state < 0)
		return complain(line, "no address, or no state");
	lease.state = (enum pxe_lease_state)state;
	lease.client = line->word[2];
	lease.end_s = BASE_S + strtol(line->word[4], NULL, 10);
	if (pxe_lease_table_set(s->world.durable, &lease) < 0)
		return complain(line, "no memory");
	return true;
}

/* disk ADDRESS CLIENT STATE, or disk ADDRESS none: what must be on disk. */
static bool do_disk(struct script *s, const struct line *line)
{
	const struct pxe_lease *l;
	uint32_t address;

	if (line->n < 3 || pxe_ip4_parse(line->word[1], &address) < 0)
		return complain(line, "disk ADDRESS CLIENT STATE");
	l = pxe_lease_table_find(s->world.durable, address);
	if (l == NULL)
		return strcmp(line->word[2], "none") == 0 ||
		       complain(line, "there is no such lease");
	if (strcmp(l->client, line->word[2]) != 0)
		return complain(line, "it is the lease of %s", l->client);
	if (line->n > 3 &&
	    strcmp(pxe_lease_state_name(l->state), line->word[3]) != 0)
		return complain(line, "it is %s",
				pxe_lease_state_name(l->state));
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct script *s, const struct line *line);
} commands[] = {
	{ "conf", do_conf },
	{ "interface", do_interface },
	{ "at", do_at },
	{ "client", do_client },
	{ "expect", do_expect },
	{ "stated", do_stated },
	{ "lease", do_lease },
	{ "restart", do_restart },
	{ "disk", do_disk },
	{ "rival", do_rival },
	{ "pxe-rival", do_pxe_rival },
};

static bool run_words(struct script *s, struct line *line)
{
	for (size_t i = 0; i < PXE_LEN(commands); i++)
		if (strcmp(commands[i].name, line->word[0]) == 0)
			return commands[i].run(s, line);
	return complain(line, "no such command: %s", line->word[0]);
}

static bool run_lines(struct script *s)
{
	char text[1024];

	while (fgets(text, sizeof(text), s->in) != NULL) {
		struct line line = { .file = s->file, .number = ++s->number };

		if (!split(text, &line) || (line.n > 0 && !run_words(s, &line)))
			return false;
	}
	return true;
}

static void remove_dir(const char *dir)
{
	static const char *const files[] = { "pxe.conf", "dhcpd.conf",
					     "boot.conf", "hosts.conf" };
	char path[128];

	for (size_t i = 0; i < PXE_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

static bool run_script(const char *file)
{
	static struct script s;
	struct line last;
	bool is_good;

	s = (struct script) { .file = file, .dir = "/tmp/pxe-replay-XXXXXX" };
	s.in = fopen(file, "r");
	if (s.in == NULL || mkdtemp(s.dir) == NULL) {
		printf("# %s: %s\n", file, strerror(errno));
		return false;
	}
	world_init(&s.world);
	is_good = run_lines(&s);
	last = (struct line) { .file = file, .number = s.number };
	if (is_good && s.world.n > 0)
		is_good = complain(&last, "%zu outcomes were not expected",
				   s.world.n);
	world_done(&s.world);
	fclose(s.in);
	remove_dir(s.dir);
	return is_good;
}

int main(int argc, char **argv)
{
	int n_bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		bool is_good = run_script(argv[i]);

		printf("%sok %d - %s\n", is_good ? "" : "not ", i, argv[i]);
		n_bad += !is_good;
	}
	printf("1..%d\n", argc - 1);
	return n_bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
