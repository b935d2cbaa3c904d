/* SPDX-License-Identifier: ISC */
#include "dhcpd/rival.h"

#include <string.h>

#include "wire/dhcp_opt.h"

void pxe_rival_init(struct pxe_rival *rival)
{
	*rival = (struct pxe_rival){ .state = PXE_RIVAL_UNKNOWN,
				     .next_ms = -1 };
}

void pxe_rival_link_up(struct pxe_rival *rival, int64_t now_ms)
{
	if (rival->state == PXE_RIVAL_UNKNOWN) {
		rival->state = PXE_RIVAL_PROBING;
		rival->end_ms = now_ms + PXE_RIVAL_FIRST_MS;
		rival->next_ms = now_ms;
	} else {
		/* a cable that comes and goes does not stop the service */
		pxe_rival_hint(rival, now_ms);
	}
}

void pxe_rival_hint(struct pxe_rival *rival, int64_t now_ms)
{
	int64_t at_ms = rival->sent_ms + PXE_RIVAL_ASK_MS;

	if (rival->state == PXE_RIVAL_UNKNOWN)
		return;
	if (at_ms < now_ms)
		at_ms = now_ms;
	if (at_ms < rival->next_ms)
		rival->next_ms = at_ms;
}

/* Those not heard of for long are gone. */
static bool forget(struct pxe_rival *rival, int64_t now_ms)
{
	size_t n = 0;
	bool is_changed;

	for (size_t i = 0; i < rival->n_seen; i++)
		if (rival->seen[i].last_ms + rival->seen[i].stays_ms > now_ms)
			rival->seen[n++] = rival->seen[i];
	is_changed = n != rival->n_seen;
	rival->n_seen = n;
	return is_changed;
}

/* The state that follows from who is there, and when to look again. */
static void settle(struct pxe_rival *rival, int64_t now_ms)
{
	if (rival->n_seen > 0)
		rival->state = PXE_RIVAL_RIVAL;
	else if (rival->state == PXE_RIVAL_RIVAL ||
		 (rival->state == PXE_RIVAL_PROBING &&
		  rival->end_ms <= now_ms))
		rival->state = PXE_RIVAL_CLEAR;
}

/* From the last probe to the next. */
static int64_t pause_ms(const struct pxe_rival *rival)
{
	switch (rival->state) {
	case PXE_RIVAL_PROBING:
		return PXE_RIVAL_AGAIN_MS;
	case PXE_RIVAL_RIVAL:
		return PXE_RIVAL_ASK_MS;
	default:
		return PXE_RIVAL_CLEAR_MS;
	}
}

struct pxe_rival_todo pxe_rival_step(struct pxe_rival *rival, int64_t now_ms,
				     uint32_t xid)
{
	struct pxe_rival_todo todo = { .must_send = false };
	enum pxe_rival_state before = rival->state;

	if (rival->next_ms < 0 || rival->next_ms > now_ms)
		return todo;
	todo.is_changed = forget(rival, now_ms);
	settle(rival, now_ms);
	todo.is_changed |= rival->state != before;
	/* the end of the first look is no reason for a third probe */
	todo.must_send = !(before == PXE_RIVAL_PROBING &&
			   rival->state == PXE_RIVAL_CLEAR);
	if (todo.must_send) {
		rival->xid = xid;
		rival->sent_ms = now_ms;
	}
	rival->next_ms = now_ms + pause_ms(rival);
	return todo;
}

struct pxe_rival_todo pxe_rival_hear_for(struct pxe_rival *rival,
					 uint32_t address, const uint8_t *mac,
					 int64_t stays_ms, int64_t now_ms)
{
	struct pxe_rival_todo todo = { .must_send = false };
	struct pxe_rival_seen *s = NULL;

	for (size_t i = 0; i < rival->n_seen; i++)
		if (rival->seen[i].address == address)
			s = &rival->seen[i];
	if (s == NULL && rival->n_seen == PXE_RIVAL_SEEN_MAX) {
		/* more than can be told: the state is the same */
		rival->seen[0].last_ms = now_ms;
		return todo;
	}
	if (s == NULL) {
		s = &rival->seen[rival->n_seen++];
		*s = (struct pxe_rival_seen){ .address = address,
					      .first_ms = now_ms,
					      .stays_ms = stays_ms };
		todo.is_changed = true;
	}
	memcpy(s->mac, mac, sizeof(s->mac));
	s->last_ms = now_ms;
	/* who answered a question is known to do so */
	if (s->stays_ms != PXE_RIVAL_GONE_MS)
		s->stays_ms = stays_ms;
	settle(rival, now_ms);
	if (todo.is_changed)
		pxe_rival_hint(rival, now_ms);
	if (rival->next_ms < 0)
		rival->next_ms = now_ms;
	return todo;
}

struct pxe_rival_todo pxe_rival_hear(struct pxe_rival *rival, uint32_t address,
				     const uint8_t *mac, int64_t now_ms)
{
	return pxe_rival_hear_for(rival, address, mac, PXE_RIVAL_GONE_MS,
				  now_ms);
}

uint32_t pxe_rival_read(const struct pxe_dhcp_msg *msg)
{
	if (msg->head.op != PXE_DHCP_BOOTREPLY || msg->head.yiaddr == 0 ||
	    (msg->type != PXE_DHCP_OFFER && msg->type != PXE_DHCP_ACK))
		return 0;
	return pxe_dhcp_get_u32(msg, PXE_OPT_SERVER_ID, 0);
}

int pxe_rival_build(const uint8_t *mac, uint32_t xid, void *buf, size_t cap)
{
	static const uint8_t wishes[] = { PXE_OPT_SUBNET_MASK,
					  PXE_OPT_ROUTERS };
	struct pxe_dhcp_out out;
	size_t len;
	int r;

	pxe_dhcp_out_init(&out);
	out.head.op = PXE_DHCP_BOOTREQUEST;
	out.head.hw.htype = PXE_HTYPE_ETHERNET;
	out.head.hw.hlen = PXE_RIVAL_MAC_BYTES;
	memcpy(out.head.hw.addr, mac, PXE_RIVAL_MAC_BYTES);
	out.head.xid = xid;
	out.head.flags = PXE_DHCP_FLAG_BROADCAST;
	pxe_dhcp_out_put_u8(&out, PXE_OPT_TYPE, PXE_DHCP_DISCOVER);
	pxe_dhcp_out_put(&out, PXE_OPT_PARAMETER_LIST, wishes, sizeof(wishes));
	r = pxe_dhcp_build(&out, PXE_DHCP_PLAIN_BYTES, buf, cap, &len, NULL);
	return r < 0 ? r : (int)len;
}

bool pxe_rival_is_own(const struct pxe_rival *rival, const uint8_t *mac,
		      const struct pxe_dhcp_msg *msg)
{
	const struct pxe_hwaddr *hw = &msg->head.hw;

	return rival->xid != 0 && msg->head.xid == rival->xid &&
	       hw->hlen == PXE_RIVAL_MAC_BYTES &&
	       memcmp(hw->addr, mac, PXE_RIVAL_MAC_BYTES) == 0;
}
