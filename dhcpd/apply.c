/* SPDX-License-Identifier: ISC */
#include "dhcpd/apply.h"

#include <string.h>

#include "base/str.h"

static int apply_none(const struct pxe_decide_in *in,
		      const struct pxe_dhcp_decision *d,
		      struct pxe_lease *lease)
{
	(void)in;
	(void)d;
	lease->address = 0;
	return 0;
}

static int apply_offer(const struct pxe_decide_in *in,
		       const struct pxe_dhcp_decision *d,
		       struct pxe_lease *lease)
{
	int r;

	lease->state = PXE_LEASE_OFFERED;
	lease->end_s = in->now_s + PXE_BOOK_OFFER_S;
	r = pxe_book_offer(in->book, lease);
	(void)d;
	lease->address = 0;
	return r;
}

static int apply_unoffer(const struct pxe_decide_in *in,
			 const struct pxe_dhcp_decision *d,
			 struct pxe_lease *lease)
{
	pxe_book_unoffer(in->book, lease->client, d->subnet);
	lease->address = 0;
	return 0;
}

/*
 * A lease that goes on keeps the time when it began.  That its machine booted
 * is not forgotten, though its operating system renews it.
 */
static int apply_commit(const struct pxe_decide_in *in,
			const struct pxe_dhcp_decision *d,
			struct pxe_lease *lease)
{
	const struct pxe_lease *own =
		pxe_book_find_own(in->book, lease->client, d->subnet);

	if (own != NULL && own->is_boot)
		lease->is_boot = true;
	own = pxe_book_find(in->book, lease->address);
	if (own != NULL && pxe_lease_is_active(own, in->now_s) &&
	    strcmp(own->client, lease->client) == 0)
		lease->start_s = own->start_s;
	lease->state = PXE_LEASE_ACTIVE;
	return pxe_book_begin(in->book, lease);
}

/* What was only offered leaves no lease to change. */
static int apply_release(const struct pxe_decide_in *in,
			 const struct pxe_dhcp_decision *d,
			 struct pxe_lease *lease)
{
	const struct pxe_lease *own = pxe_book_find(in->book, lease->address);
	int r = 0;

	lease->state = PXE_LEASE_RELEASED;
	if (own != NULL && strcmp(own->client, lease->client) == 0) {
		lease->start_s = own->start_s;
		lease->is_boot |= own->is_boot;
		r = pxe_book_put(in->book, lease);
	} else {
		lease->address = 0;
	}
	if (r == 0)
		pxe_book_unoffer(in->book, lease->client, d->subnet);
	return r;
}

static int apply_decline(const struct pxe_decide_in *in,
			 const struct pxe_dhcp_decision *d,
			 struct pxe_lease *lease)
{
	int r;

	if (!pxe_book_count_decline(in->book, lease->client, in->now_s))
		return apply_release(in, d, lease);
	lease->state = PXE_LEASE_DECLINED;
	lease->end_s = in->now_s + PXE_BOOK_QUARANTINE_S;
	r = pxe_book_put(in->book, lease);
	if (r == 0)
		pxe_book_unoffer(in->book, lease->client, d->subnet);
	return r;
}

static int (*const operations[])(const struct pxe_decide_in *in,
				 const struct pxe_dhcp_decision *d,
				 struct pxe_lease *lease) = {
	[PXE_LEASE_OP_NONE] = apply_none,
	[PXE_LEASE_OP_OFFER] = apply_offer,
	[PXE_LEASE_OP_UNOFFER] = apply_unoffer,
	[PXE_LEASE_OP_COMMIT] = apply_commit,
	[PXE_LEASE_OP_RELEASE] = apply_release,
	[PXE_LEASE_OP_DECLINE] = apply_decline,
};

int pxe_apply_decision(const struct pxe_decide_in *in,
		       const struct pxe_dhcp_decision *decision,
		       struct pxe_lease *lease)
{
	*lease = (struct pxe_lease){
		.address = decision->address,
		.start_s = in->now_s,
		.end_s = decision->is_permanent
				 ? PXE_LEASE_FOREVER_S
				 : in->now_s + decision->lease_s,
		.hw = in->facts->hw,
		.is_boot = pxe_facts_is_boot(in->facts),
		.circuit = decision->circuit,
		.client = decision->client,
	};
	(void)pxe_str_copy(lease->host_name, sizeof(lease->host_name),
			   in->facts->host_name);
	return operations[decision->op](in, decision, lease);
}
