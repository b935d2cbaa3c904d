/* SPDX-License-Identifier: ISC */
/*
 * What a name stands for: a file, a loader, or a script, which may need a boot
 * session.  That is opened here, and where the script itself is all there is
 * to hold back, its order consumed.
 */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "core/menu.h"
#include "httpd/answer.h"
#include "httpd/directory.h"
#include "httpd/password.h"
#include "httpd/redact.h"
#include "httpd/send_file.h"
#include "httpd/server.h"
#include "httpd/who.h"
#include "run/log.h"

enum { TRIES = 4 }; /* the order may change while its session is opened */

void pxe_answer_fail(struct pxe_http_job *job, enum pxe_reason reason)
{
	struct pxe_boot_found *found = &job->found;
	const struct pxe_decision *d = &found->decision;

	/* what is nearly a URL of a session has its token, too */
	pxe_redact_cut(found->name);
	pxe_redact_cut(found->why.text);
	if (reason == PXE_REASON_INTERNAL && d->rule != NULL)
		pxe_log(PXE_LOG_ERR, "%s: rule %s, %s:%u: %s", found->name,
			d->rule, d->src.file, d->src.line, strerror(errno));
	else if (reason == PXE_REASON_INTERNAL || reason == PXE_REASON_IO)
		pxe_log(PXE_LOG_WARNING, "%s: %s", found->name,
			strerror(errno));
	else if (found->why.text[0] != '\0')
		pxe_log(PXE_LOG_INFO, "%s: %s", found->name, found->why.text);
	if (!job->answer->is_head && !found->is_quiet)
		pxe_job_set_sends(job, 0);
	pxe_job_fail(job, reason);
}

static bool is_ipxe_like(const struct pxe_http_job *job)
{
	const char *agent = pxe_job_field(job, "User-Agent");

	return agent != NULL && pxe_str_has_prefix(agent, "iPXE/");
}

/* iPXE asks without a query if another DHCP server named the URL. */
static bool is_nameless_ipxe(const struct pxe_http_job *job)
{
	return is_ipxe_like(job) && strchr(pxe_job_target(job), '?') == NULL;
}

static void send_script(struct pxe_http_job *job,
			const struct pxe_boot_found *found,
			const struct pxe_str *text)
{
	if (!job->answer->is_head)
		job->answer->sends = PXE_SENDS_SCRIPT;
	job->answer->reason = found->decision.reason;
	pxe_job_send_text(job, 200, NULL, text->buf, text->len);
}

void pxe_answer_ask(const struct pxe_http_job *job, struct pxe_boot_ask *ask,
		    struct pxe_who_server *server)
{
	const struct pxe_http_session *session = &job->session;

	*ask = (struct pxe_boot_ask) {
		.conf = job->worker->server->conf,
		.root_fd = job->worker->server->root_fd,
		.folds = &job->worker->folds,
		.name = job->route.path,
		.means = &job->means,
		.asker = &job->who,
		.is_http = true,
		.is_ipxe_like = is_ipxe_like(job),
		.is_nameless_ipxe = is_nameless_ipxe(job),
		.token = session->is_open ? session->token : NULL,
		.session_target = session->target,
		.no_session = session->refused,
		/* the one that consumed the order, if any did */
		.has_session = session->is_within ||
			       (session->is_open && session->is_once),
	};
	pxe_who_find_server(job->conn, ask, server);
}

/* --- what was chosen in the menu --------------------------------------------
 */

/* It has the line "LOGIN" with the right password; else answers 401. */
static bool is_let_in(struct pxe_http_job *job, const char *configured)
{
	char password[PXE_PASSWORD_TEXT] = "";
	bool is_right = false;

	if (pxe_password_read(pxe_job_field(job, "Authorization"), password)) {
		if (!pxe_password_may_try(&job->worker->guesses,
					  pxe_server_now_ms())) {
			pxe_job_fail(job, PXE_REASON_TOO_MANY);
			return false;
		}
		is_right = pxe_password_is_right(password, configured);
		explicit_bzero(password, sizeof(password));
	}
	if (is_right)
		return true;
	pxe_job_put(job, "WWW-Authenticate",
		    "Basic realm=\"boot menu\", charset=\"UTF-8\"");
	pxe_job_fail(job, PXE_REASON_PASSWORD);
	return false;
}

/*
 * The target that the query names, if the machine's menu has it; else none,
 * and it gets the menu.  False: it was answered.
 */
static bool find_chosen(struct pxe_http_job *job,
			const struct pxe_conf_target **chosen)
{
	const struct pxe_conf *conf = job->worker->server->conf;
	const struct pxe_facts *facts = job->who.facts;
	const struct pxe_menu menu = {
		.conf = conf,
		.host = job->who.host,
		.family = facts != NULL ? pxe_arch_family(facts->arch)
					: PXE_FAMILY_NONE,
	};
	const struct pxe_conf_target *target = NULL;
	const char *password;

	*chosen = NULL;
	if (job->route.target[0] != '\0')
		target = pxe_conf_find_target(conf, job->route.target);
	if (target == NULL || !pxe_menu_has(&menu, target))
		return true;
	password = pxe_menu_password(target);
	/* once for a request, however often pxe-stated is asked */
	if (password != NULL && !job->is_let_in && !is_let_in(job, password))
		return false;
	job->is_let_in = true;
	*chosen = target;
	return true;
}

/* --- the answer -------------------------------------------------------------
 */

static void serve(struct pxe_http_job *job);

/* There will be no session; the script says why. */
static void go_without(struct pxe_http_job *job, enum pxe_reason reason)
{
	job->session.is_open = false;
	job->session.refused = reason;
	serve(job);
}

static void on_begun(struct pxe_http_job *job, enum pxe_reason reason)
{
	if (reason == PXE_REASON_OK)
		serve(job);
	else
		go_without(job, reason);
}

static void on_open(struct pxe_http_job *job, enum pxe_reason reason)
{
	struct pxe_http_session *s = &job->session;
	const struct pxe_conf_target *target;

	if (reason != PXE_REASON_OK) {
		go_without(job, reason);
		return;
	}
	target = pxe_conf_find_target(job->worker->server->conf, s->target);
	s->is_open = true;
	/* where nothing of the target is ours, the script is the last piece */
	if (target != NULL && s->is_once && !job->answer->is_head &&
	    pxe_order_find_gate(target) == PXE_ORDER_GATE_SCRIPT)
		pxe_session_begin(job, on_begun);
	else
		serve(job);
}

static void open_session(struct pxe_http_job *job)
{
	if (job->session.n_tries++ == TRIES)
		go_without(job, PXE_REASON_INTERNAL);
	else if (job->who.is_doubtful)
		go_without(job, PXE_REASON_NOT_ITS_ADDRESS);
	else if (pxe_asker_key(&job->who)[0] == '\0')
		go_without(job, PXE_REASON_UNKNOWN_CLIENT);
	else
		pxe_session_open(job, on_open);
}

static void serve(struct pxe_http_job *job)
{
	struct pxe_worker *worker = job->worker;
	struct pxe_boot_found *found = &job->found;
	struct pxe_who_server server;
	struct pxe_boot_ask ask;
	struct pxe_str text;
	enum pxe_reason reason;

	pxe_answer_ask(job, &ask, &server);
	if (!find_chosen(job, &ask.chosen))
		return;
	pxe_str_init(&text, worker->script, sizeof(worker->script));
	reason = pxe_boot_file_find(&ask, &text, found);
	job->sends = found->is_script   ? PXE_SENDS_SCRIPT
		     : found->is_loader ? PXE_SENDS_LOADER
					: PXE_SENDS_NOTHING;
	if (reason == PXE_REASON_NOT_A_FILE && pxe_directory_answer(job))
		return;
	if (reason != PXE_REASON_OK) {
		pxe_boot_file_explain(&ask, reason, false, &worker->why_limit,
				      pxe_server_now_ms() / 1000, found);
		pxe_answer_fail(job, reason);
		return;
	}
	if (found->needs_session) {
		open_session(job);
		return;
	}
	pxe_boot_file_warn(&ask, found, worker->warned_s,
			   pxe_server_now_ms() / 1000);
	if (found->is_text)
		send_script(job, found, &text);
	else
		pxe_send_file(job, &found->file);
}

/* The session that it asks within may be over: then it asks without. */
static void on_within(struct pxe_http_job *job, enum pxe_reason reason)
{
	struct pxe_http_session *s = &job->session;
	char machine[PXE_ORDER_MACHINE_TEXT];

	pxe_session_write_machine(job, machine);
	s->is_within = reason == PXE_REASON_OK && s->is_once &&
		       strcmp(machine, s->machine) == 0;
	if (!s->is_within)
		s->token[0] = '\0';
	serve(job);
}

void pxe_answer_name(struct pxe_http_job *job)
{
	if (job->route.session[0] == '\0' || job->means.kind == PXE_BOOT_FILE) {
		serve(job);
		return;
	}
	pxe_str_copy(job->session.token, sizeof(job->session.token),
		     job->route.session);
	pxe_session_get(job, on_within);
}
