/* SPDX-License-Identifier: ISC */
#include "stated/rights.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/log.h"

static int look_up(const char **names, size_t n, uid_t **uids, size_t *n_uids)
{
	uid_t *list = calloc(n > 0 ? n : 1, sizeof(*list));
	size_t used = 0;

	if (list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct passwd *pw = getpwnam(names[i]);

		if (pw != NULL)
			list[used++] = pw->pw_uid;
		else
			pxe_log(PXE_LOG_WARNING,
				"stated.conf names the user \"%s\", who does "
				"not exist here: add the user, or take the "
				"name out",
				names[i]);
	}
	*uids = list;
	*n_uids = used;
	return 0;
}

int pxe_rights_init(struct pxe_rights *rights, const struct pxe_conf *conf)
{
	struct pxe_rights got = { .own = geteuid(),
				  .admin_group = conf->admin_group };
	int r = look_up(conf->lease_users, conf->n_lease_users, &got.lease,
			&got.n_lease);

	if (r == 0)
		r = look_up(conf->report_users, conf->n_report_users,
			    &got.report, &got.n_report);
	if (r == 0)
		r = look_up(conf->boot_users, conf->n_boot_users, &got.boot,
			    &got.n_boot);
	if (r < 0) {
		pxe_rights_done(&got);
		return r;
	}
	*rights = got;
	return 0;
}

void pxe_rights_done(struct pxe_rights *rights)
{
	free(rights->lease);
	free(rights->report);
	free(rights->boot);
	*rights = (struct pxe_rights) { .own = 0 };
}

static bool has(const uid_t *uids, size_t n, uid_t uid)
{
	for (size_t i = 0; i < n; i++)
		if (uids[i] == uid)
			return true;
	return false;
}

static bool is_member(uid_t uid, const char *name)
{
	gid_t groups[256];
	int n = (int)PXE_LEN(groups);
	const struct passwd *pw = getpwuid(uid);
	const struct group *gr;

	if (pw == NULL || getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		return false;
	gr = getgrnam(name);
	for (int i = 0; gr != NULL && i < n; i++)
		if (groups[i] == gr->gr_gid)
			return true;
	return false;
}

static const struct row {
	bool all, report, boot, lease, admin;
} rows[PXE_N_RIGHTS] = {
	[PXE_RIGHT_LOOK] = { .all = true },
	[PXE_RIGHT_REPORT] = { .report = true, .boot = true, .lease = true },
	[PXE_RIGHT_BOOT] = { .boot = true },
	[PXE_RIGHT_LEASE] = { .lease = true },
	[PXE_RIGHT_FREE] = { .lease = true, .admin = true },
	[PXE_RIGHT_ADMIN] = { .admin = true },
};

bool pxe_rights_has(const struct pxe_rights *rights, uid_t uid,
		    enum pxe_right right)
{
	const struct row *row = &rows[right];

	return row->all || uid == 0 || uid == rights->own ||
	       (row->lease && has(rights->lease, rights->n_lease, uid)) ||
	       (row->report && has(rights->report, rights->n_report, uid)) ||
	       (row->boot && has(rights->boot, rights->n_boot, uid)) ||
	       (row->admin && is_member(uid, rights->admin_group));
}
