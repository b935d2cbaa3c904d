/* SPDX-License-Identifier: ISC */
/* What should be, without any of the book's tables. */
#include "order_all.h"

/* --- the model ------------------------------------------------------------ */

static bool is_running(const struct model *m, int k)
{
	return m->s[k].state == OPEN || m->s[k].state == GOES;
}

void model_expire(struct model *m)
{
	if ((m->order == PENDING || m->order == HELD_BY_COUNT ||
	     m->order == HELD_BY_STORE) &&
	    m->expires <= 0)
		m->order = EXPIRED;
	for (int k = 0; k < N_TOKENS; k++) {
		if (m->s[k].state == NO_SESSION || m->s[k].until > 0)
			continue;
		if (m->order == BEGUN && m->owner == k)
			m->order = FAILED;
		if (is_running(m, k))
			m->s[k].state = LATE;
		if (m->s[k].until + PXE_SESSION_KEPT_S > 0)
			continue;
		if (m->owner == k)
			m->owner = -1;
		memset(&m->s[k], 0, sizeof(m->s[k]));
	}
}

static bool is_tripped(const struct model *m)
{
	int n = 0;

	for (int k = 0; k < m->n && k < N_AT; k++)
		n += m->at[k] > -WINDOW_S;
	return n >= HOLD_AT;
}

static int model_judge(struct model *m, int target, bool is_new)
{
	int r = m->order == NONE && is_new ? m->is_known   ? -ENOENT
					     : m->is_armed ? 0
							   : -EBUSY
		: m->order == HELD_BY_COUNT || m->order == HELD_BY_STORE
			? -EBUSY
		: m->order == PENDING && m->target == target ? 0
							     : -ENOENT;

	if (r < 0 || is_plain(target) || !is_tripped(m))
		return r;
	if (m->order == PENDING)
		m->order = HELD_BY_COUNT;
	return -EBUSY;
}

int model_open(struct model *m, int target, int address, bool is_new, int with,
	       int fresh, int *token)
{
	int same = -1, r = 0;

	for (int k = 0; k < N_TOKENS; k++)
		if (is_running(m, k) && m->s[k].target == target &&
		    m->s[k].address == address &&
		    (k == with || (m->s[k].state == OPEN && same < 0)))
			same = k;
	if (target != LIVE && (same < 0 || m->s[same].state == OPEN))
		r = model_judge(m, target, is_new);
	if (r < 0)
		return r;
	*token = same >= 0 ? same : fresh;
	if (same >= 0) {
		if (m->s[same].state == OPEN &&
		    m->s[same].until < SESSION_S / 2)
			m->s[same].until = SESSION_S;
		return 0;
	}
	for (int k = 0; k < N_TOKENS; k++)
		if (is_running(m, k))
			m->s[k].state = CLOSED;
	m->s[fresh].state = OPEN;
	m->s[fresh].target = target;
	m->s[fresh].address = address;
	m->s[fresh].is_new = is_new;
	m->s[fresh].until = SESSION_S;
	return 0;
}

int model_get(const struct model *m, int k)
{
	return m->s[k].state == NO_SESSION ? -ESRCH
	       : is_running(m, k)          ? 0
					   : -ESTALE;
}

int model_begin(struct model *m, int k)
{
	int r = model_get(m, k);

	if (r < 0 || m->s[k].state == GOES || m->s[k].target == LIVE)
		return r;
	r = model_judge(m, m->s[k].target, m->s[k].is_new != 0);
	if (r < 0)
		return r;
	m->order = is_plain(m->s[k].target) ? DONE : BEGUN;
	m->target = m->s[k].target;
	m->owner = k;
	m->is_known = 1;
	m->s[k].state = GOES;
	m->s[k].has_begun = 1;
	m->s[k].until = SESSION_S;
	if (is_plain(m->s[k].target))
		return 0;
	memmove(m->at + 1, m->at, (N_AT - 1) * sizeof(m->at[0]));
	m->at[0] = 0;
	m->n += m->n < N_AT;
	return 0;
}

static void model_absolve(struct model *m)
{
	m->n = 0;
	memset(m->at, 0, sizeof(m->at));
}

int model_finish(struct model *m, int k, bool is_ok)
{
	if (m->s[k].state == NO_SESSION)
		return -ESRCH;
	if (m->s[k].state == IS_DONE || (m->s[k].state == HAS_FAILED && !is_ok))
		return 0;
	if (m->owner == k && m->order != DONE)
		m->order = is_ok ? DONE : FAILED;
	m->s[k].state = is_ok ? IS_DONE : HAS_FAILED;
	if (!is_ok || !m->s[k].has_begun || is_plain(m->s[k].target))
		return 0;
	model_absolve(m);
	if (m->order == HELD_BY_COUNT)
		m->order = PENDING;
	return 0;
}

int model_assign(struct model *m, int target)
{
	const bool is_held = is_tripped(m) && !is_plain(target);

	m->order = target == LIVE ? STANDING
		   : is_held      ? HELD_BY_COUNT
				  : PENDING;
	m->target = target;
	m->expires = target == LIVE ? UNSET : LIFE_S;
	m->owner = -1;
	m->is_known = 1;
	return 0;
}

int model_remove(struct model *m)
{
	if (m->order == NONE)
		return -ENOENT;
	m->order = NONE;
	m->target = 0;
	m->expires = 0;
	m->owner = -1;
	return 0;
}

int model_release(struct model *m)
{
	if (m->order != HELD_BY_COUNT && m->order != HELD_BY_STORE)
		return -ENOENT;
	m->order = PENDING;
	m->expires = LIFE_S;
	model_absolve(m);
	return 0;
}

void shift_model(struct model *m, int32_t by)
{
	if (m->order != NONE)
		shift(&m->expires, by);
	for (int k = 0; k < N_TOKENS; k++)
		if (m->s[k].state != NO_SESSION)
			shift(&m->s[k].until, by);
	for (int k = 0; k < m->n; k++)
		shift(&m->at[k], by);
}
