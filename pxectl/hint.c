/* SPDX-License-Identifier: ISC */
#include "pxectl/hint.h"

#include <string.h>

#define ANY   (-1)
#define DAY_S 86400

/* clang-format off */
#define STEP(id) PXE_STEP_##id
#define STAGE(id) PXE_STAGE_##id
#define BECAUSE(id) PXE_REASON_##id

/* What an order has to do with the boot under way. */
enum order_part {
	NOTHING, /* or there is none */
	GIVEN,	 /* its script was sent in this boot, the last piece was not */
	BEGUN,	 /* that was sent as well */
};

/* First match wins: what a daemon said goes before what silence tells. */
static const struct row {
	int step, stage, reason;
	int64_t quiet_s; /* at least */
	struct pxe_hint hint;
	int order;
} rows[] = {
/* what pxe-stated saw */
{ ANY, ANY, BECAUSE(LOOP), 0, {
  "it fetched the same again and again and got no further, at last {file}: does its "
  "DHCP answer name the loader to iPXE as well (`ipxe` in dhcpd.conf, or the other "
  "server's configuration), or does the loader fail on it?  When that is mended: "
  "`pxectl release {client}`", true }, ANY },
{ ANY, ANY, BECAUSE(NO_ORDER), 0, {
  "what it is to boot takes an order: `pxectl boot {client} TARGET`", true }, ANY },
{ ANY, ANY, BECAUSE(ORDER_HELD), 0, {
  "its order names a target that pxe-httpd does not know: was boot.conf changed since "
  "it read it (`systemctl reload pxe-httpd`)?  Or the target has become destructive: "
  "see `pxectl orders`, and give it another", true }, ANY },
{ ANY, ANY, BECAUSE(REINSTALL), 0, {
  "it was installed too often without a callback: does its answer file fetch "
  "its done-url at the end?  Then `pxectl orders release {client}`", true }, ANY },
{ ANY, ANY, BECAUSE(STORE_OLDER), 0, {
  "the store of pxe-stated lost something or is new, so orders are held: see "
  "`pxectl orders`, then `pxectl orders release {client}` or `pxectl orders arm`",
  true }, ANY },
{ ANY, ANY, BECAUSE(SESSION_GONE), 0, {
  "it asked for a piece of a boot that is over: it will start anew, or give it an "
  "order once more: `pxectl boot {client} TARGET`", false }, ANY },
{ ANY, ANY, BECAUSE(TOKEN), 0, {
  "it asked with the token of another machine, or of none: did its address change "
  "between loader and installer?", true }, ANY },
{ ANY, ANY, BECAUSE(NO_ANSWER), 0, {
  "its installer asked for the answer file {file}, and its target has none that is "
  "called so: compare `args` with `answers`, and with `as` of the answer, in "
  "boot.conf", true }, ANY },
{ ANY, ANY, BECAUSE(NEEDS_HTTP), 0, {
  "what it is to boot takes HTTP, and its loader came by TFTP: let it load iPXE, "
  "lpxelinux.0, or a GRUB whose prefix names http-port of this server", true }, ANY },
/* what pxe-dhcpd said */
{ ANY, ANY, BECAUSE(STATE_AWAY), 0, {
  "pxe-dhcpd cannot reach pxe-stated, and gives no address that is not on disk: "
  "see `pxectl status` and `systemctl status pxe-stated`", true }, ANY },
{ ANY, ANY, BECAUSE(STORE), 0, {
  "pxe-stated cannot write to {state-dir}: is the disk full or read-only? "
  "It goes on by itself once there is room", true }, ANY },
{ ANY, ANY, BECAUSE(POOL_EMPTY), 0, {
  "no free address is left: widen `ranges` of its subnet in dhcpd.conf, shorten "
  "`lease-time`, or give back unused leases (`pxectl leases --active`, "
  "`pxectl lease release ADDRESS`)", true }, ANY },
{ ANY, ANY, BECAUSE(POOL_RESERVED), 0, {
  "the free addresses that are left are kept for known machines: give it a host "
  "section in hosts.conf, widen `ranges` of its subnet, or lower `reserve`", true }, ANY },
{ ANY, ANY, BECAUSE(CIRCUIT_LIMIT), 0, {
  "its relay circuit (switch port) has as many addresses as `circuit-limit` in "
  "dhcpd.conf allows: see `pxectl leases`, or raise the limit", true }, ANY },
{ ANY, ANY, BECAUSE(CLIENT_ID_LIMIT), 0, {
  "its hardware address has many addresses by other client-ids: raise "
  "`client-id-limit` in dhcpd.conf if it houses that many containers", true }, ANY },
{ ANY, ANY, BECAUSE(DENIED), 0, {
  "`allow` or `deny` in dhcpd.conf keeps it out: put it on the list, or take it "
  "off", true }, ANY },
{ ANY, ANY, BECAUSE(STRANGER), 0, {
  "`unknown-clients` in dhcpd.conf is \"deny\", and it has no host section: add one "
  "to hosts.conf", true }, ANY },
{ ANY, ANY, BECAUSE(NO_SUBNET), 0, {
  "the request came in on an interface without a subnet: add a `subnet` for it to "
  "dhcpd.conf, or take the interface out of `interfaces` in pxe.conf", true }, ANY },
{ ANY, ANY, BECAUSE(UNKNOWN_RELAY), 0, {
  "a relay agent passed the request on, but no `subnet` in dhcpd.conf holds the "
  "relay's address: add the client's network", true }, ANY },
{ ANY, ANY, BECAUSE(SCOPE), 0, {
  "`answer` in dhcpd.conf leaves this kind of client to another server: set it to "
  "\"all\" or \"pxe\" if it should be served here", false }, ANY },
{ ANY, ANY, BECAUSE(IGNORED), 0, {
  "it has no host section, and `unknown` in boot.conf is \"ignore\": add a host with "
  "its hardware address to hosts.conf", true }, ANY },
{ ANY, ANY, BECAUSE(OTHER_SERVER), 0, {
  "another DHCP server on this network gave it an address; a machine boots from the "
  "server that it chose: switch the other one off here, or set `answer`", true }, ANY },
{ ANY, ANY, BECAUSE(BOOTP), 0, {
  "it speaks BOOTP, not DHCP: set `bootp` in dhcpd.conf to \"hosts\" and give it a host "
  "section with an `address`, or to \"permanent\"", true }, ANY },
{ ANY, ANY, BECAUSE(OTHER_SERVER_ACTIVE), 0, {
  "another DHCP server answers on this network, see `pxectl status`: switch it off, or "
  "set `coexist` in dhcpd.conf if both are meant to give addresses", true }, ANY },
{ ANY, ANY, BECAUSE(CONTENDED), 0, {
  "another server makes PXE offers on its network, see `pxectl status`: switch that "
  "off, or set `contend` in dhcpd.conf to \"win\"", true }, ANY },
{ ANY, ANY, BECAUSE(CONFLICT), 0, {
  "strangers use the addresses that it was to get: some machines have fixed addresses "
  "inside `ranges`, see `pxectl leases --state declined`", true }, ANY },
{ ANY, ANY, BECAUSE(NO_LOADER), 0, {
  "boot.conf has no loader for it: add `loader \"{family}\" { file = \"...\" }` and put "
  "the file below {boot-root}", true }, ANY },
{ ANY, ANY, BECAUSE(UNKNOWN_ARCH), 0, {
  "it did not say what it is, so no loader is known to fit: ask by a name with the "
  "architecture in it (pxe_loader_bios, pxe_loader_uefi, ...), see pxe(7)", true }, ANY },
{ ANY, ANY, BECAUSE(WRONG_MACHINE), 0, {
  "{file} is built for another kind of machine than {family}, which would hang: name "
  "the right file in `loader \"{family}\"` of boot.conf (`pxectl loaders` shows what "
  "there is)", true }, ANY },
{ ANY, ANY, BECAUSE(INSTALL_FAILED), 0, {
  "its installer gave up: look at its screen and at its log; when that is mended, order "
  "it again with `pxectl boot`", true }, ANY },
{ ANY, ANY, BECAUSE(NOT_ITS_ADDRESS), 0, {
  "its address belongs to another machine, as this host or pxe-stated knows it, or to this "
  "host: is it behind NAT, has somebody taken its name, or its address?", true }, ANY },
{ ANY, ANY, BECAUSE(PASSWORD), 0, {
  "somebody at its screen chose a menu item that needs a password", false }, ANY },
{ ANY, ANY, BECAUSE(TLS), 0, {
  "no TLS connection came about: the journal of pxe-httpd says why; most often it does "
  "not know who signed `tls-certificate`, or the name in it is not the one it asked", true }, ANY },
{ ANY, ANY, BECAUSE(HELD), 0, {
  "it waits on purpose: `pxectl host add NAME {client} --boot TARGET` names it and says "
  "what it boots; or change `unknown` in boot.conf", true }, ANY },
{ ANY, ANY, BECAUSE(WRONG_NETWORK), 30, {
  "it insists on an address of another network: was it moved, or does the switch port "
  "belong to another VLAN?", true }, ANY },
{ ANY, ANY, BECAUSE(WRONG_ADDRESS), 30, {
  "it asks for an address that is not its own: another machine with the same address, "
  "or a second DHCP server, see `pxectl leases`", true }, ANY },
{ ANY, ANY, BECAUSE(DECLINED), 15, {
  "it found its address in use by a stranger: some machine has a fixed address inside "
  "`ranges`; the address is left alone for a while", true }, ANY },
{ ANY, ANY, BECAUSE(BUSY), 15, {
  "too many machines ask at once, or the disk of {state-dir} is slow: it will ask "
  "again", true }, ANY },
/* what pxe-tftpd and pxe-httpd said */
{ ANY, ANY, BECAUSE(NOT_FOUND), 10, {
  "it asked for {file} and gave up: put the file below {boot-root}, or correct its "
  "name in boot.conf", true }, ANY },
{ ANY, ANY, BECAUSE(TEMPLATE), 0, {
  "the answer file or script that it asked for could not be made: `pxectl check` tells "
  "mistakes, and `pxectl answer {client} TARGET NAME` what this machine lacks", true }, ANY },
{ ANY, ANY, BECAUSE(FORBIDDEN), 10, {
  "the daemon may not read {file}: chmod a+r it, and a+x on the directories above it, "
  "below {boot-root}, or `restorecon -R {boot-root}`: its log says which", true }, ANY },
{ ANY, ANY, BECAUSE(OUTSIDE), 10, {
  "{file} leads out of {boot-root}: absolute symbolic links are refused even inside; "
  "make the link relative, or copy or bind-mount the file", true }, ANY },
{ ANY, ANY, BECAUSE(NOT_A_FILE), 10, {
  "{file} below {boot-root} is a directory or a device", true }, ANY },
{ ANY, ANY, BECAUSE(IO), 10, {
  "reading {file} failed: look at the disk of {boot-root} and at `dmesg`", true }, ANY },
{ ANY, ANY, BECAUSE(CHANGED), 10, {
  "{file} was changed while it was sent: write new files beside the old one and "
  "rename them over it", true }, ANY },
{ ANY, ANY, BECAUSE(TOO_MANY), 15, {
  "the limit of transfers was reached: raise `max-transfers` in tftpd.conf or "
  "`max-connections` in httpd.conf", true }, ANY },
{ ANY, ANY, BECAUSE(TIMEOUT), 10, {
  "it stopped answering in the middle of {file}: a firewall or NAT that loses UDP "
  "replies, a cable, or blocks larger than the path carries (lower `max-blksize` in "
  "tftpd.conf, 1400 for a tunnel)", true }, ANY },
{ ANY, ANY, BECAUSE(BLOCK_SIZE), 10, {
  "large blocks of {file} get lost on the way, as in a tunnel: start it once more, and it "
  "is given smaller ones; or lower `max-blksize` in tftpd.conf (1368 for most "
  "tunnels)", true }, ANY },
{ ANY, ANY, BECAUSE(NO_OPTIONS), 10, {
  "its firmware refuses the options of TFTP that it asks for itself: start it once more, "
  "and it is answered without them", true }, ANY },
{ ANY, ANY, BECAUSE(BAD_OPTION), 10, {
  "it asked for a TFTP option with a value that is not allowed; the log has it: "
  "journalctl PXE_MAC={client}", true }, ANY },
{ STEP(LOADER), ANY, BECAUSE(ABORTED), 15, {
  "it ended the transfer of {file} itself: not enough memory, or a file that its "
  "firmware does not accept", true }, ANY },
/* what silence tells */
{ STEP(DISCOVER), ANY, ANY, 20, {
  "it was offered an address and did not take it: does another DHCP server answer "
  "here, does a firewall drop UDP port 68, does the switch port wait for spanning "
  "tree (set it to portfast)?", true }, ANY },
{ STEP(ADDRESS), STAGE(HTTP), ANY, 30, {
  "the firmware got its address but never asked for the loader over HTTP: a firewall "
  "for TCP port {http-port}? is pxe-httpd running? Firmware may refuse plain "
  "http", true }, ANY },
{ STEP(ADDRESS), ANY, ANY, 30, {
  "the firmware got its address but never asked for the loader: a firewall for UDP "
  "port {tftp-port}? is pxe-tftpd running? does `next-server` name this "
  "machine?", true }, ANY },
{ STEP(LOADER), ANY, ANY, 20, {
  "the transfer of the loader stands still: a firewall or NAT that loses UDP replies, "
  "or blocks larger than the path carries (lower `max-blksize` in tftpd.conf)", true }, ANY },
{ STEP(LOADED), ANY, ANY, 30, {
  "the loader arrived whole, but what it starts was never heard of: Secure Boot "
  "refuses it, it was built for another architecture than {family}, or it has no "
  "driver for this network card (try snponly.efi or undionly.kpxe)", true }, ANY },
{ STEP(IPXE), ANY, ANY, 30, {
  "iPXE has its address but never asked for its script: a firewall for TCP port "
  "{http-port}? is pxe-httpd running?", true }, ANY },
{ STEP(SCRIPT), ANY, ANY, 60, {
  "it has its script and needs nothing more from here: it shows a menu, went on to "
  "its local disk, or fetches its files from another server; `pxectl explain "
  "{client}` tells what the script was", false }, ANY },
{ STEP(KERNEL), ANY, ANY, 120, {
  "it fetched {file} last and was not heard of since: look at its screen; the kernel "
  "may lack a driver for its network card, or it does not call back (`{{callback}}` "
  "in `args`, see pxe-boot.conf(5))", true }, ANY },
{ STEP(OS), ANY, ANY, 60, {
  "its installer runs, but did not ask for the answer file with which its order begins: "
  "does it show a question (of the network, or of name servers that DHCP did not give), "
  "and does `args` in boot.conf name the file by {{answer-url}}?", true }, GIVEN },
{ STEP(OS), ANY, ANY, 300, {
  "it is being installed, and will call back when it is done: look at its screen if that "
  "takes too long; its answer file has to fetch {{done-url}} at its end", false }, BEGUN },
{ STEP(OS), ANY, ANY, 300, {
  "the operating system got its address but did not call back: nothing is wrong if it "
  "is not meant to (`{{callback}}` in `args`, see pxe-boot.conf(5))", false }, ANY },
};
/* clang-format on */

int64_t pxe_hint_quiet_s(const struct pxe_client *client, int64_t now_s)
{
	int64_t last = client->last_seen_s > client->step_s
			       ? client->last_seen_s
			       : client->step_s;

	return now_s > last ? now_s - last : 0;
}

static enum order_part part_of(const struct pxe_order *order,
			       const struct pxe_client *client)
{
	const int64_t boot_s = client->boot_s;

	if (order == NULL)
		return NOTHING;
	if (order->state == PXE_ORDER_BEGUN && order->begun_s >= boot_s)
		return BEGUN;
	return order->state == PXE_ORDER_PENDING &&
			       client->step_at_s[PXE_STEP_SCRIPT] >=
				       order->made_s
		       ? GIVEN
		       : NOTHING;
}

static bool fits(const struct row *row, const struct pxe_client *client,
		 enum pxe_reason reason, enum order_part order, int64_t quiet_s)
{
	return (row->step == ANY || row->step == (int)client->step) &&
	       (row->stage == ANY || row->stage == (int)client->facts.stage) &&
	       (row->reason == ANY || row->reason == (int)reason) &&
	       (row->order == ANY || row->order == (int)order) &&
	       quiet_s >= row->quiet_s;
}

const struct pxe_hint *pxe_hint_find(const struct pxe_client *client,
				     const struct pxe_order *order,
				     int64_t now_s)
{
	int64_t quiet_s = pxe_hint_quiet_s(client, now_s);
	/* whatever became of it meanwhile */
	enum pxe_reason reason = pxe_loop_is_held(&client->loop, now_s)
					 ? PXE_REASON_LOOP
					 : client->reason;

	if (client->step == PXE_STEP_UP ||
	    (client->step == PXE_STEP_INSTALLED &&
	     client->reason == PXE_REASON_OK))
		return NULL;
	for (size_t i = 0; i < PXE_LEN(rows); i++)
		if (fits(&rows[i], client, reason, part_of(order, client),
			 quiet_s))
			return &rows[i].hint;
	return NULL;
}

bool pxe_hint_is_stuck(const struct pxe_client *client, int64_t now_s)
{
	const struct pxe_hint *hint = pxe_hint_find(client, NULL, now_s);

	return hint != NULL && hint->is_stuck &&
	       pxe_hint_quiet_s(client, now_s) < DAY_S;
}

const struct pxe_hint *pxe_hint_row(size_t i)
{
	return i < PXE_LEN(rows) ? &rows[i].hint : NULL;
}

/* Appends the value of the variable that `text` begins with; its length. */
static size_t put_variable(struct pxe_str *out, const char *text,
			   const struct pxe_client *client,
			   const struct pxe_conf *conf)
{
	char tftp[8], http[8];
	struct pxe_str number;
	const struct {
		const char *name, *value, *dflt;
	} variables[] = {
		{ "{tftp-port}", tftp, "" },
		{ "{http-port}", http, "" },
		{ "{boot-root}", conf->boot_root, "" },
		{ "{state-dir}", conf->state_dir, "" },
		{ "{file}", client->file, "a file" },
		{ "{client}", client->key, "" },
		{ "{family}",
		  pxe_family_name(pxe_arch_family(client->facts.arch)), "" },
	};

	pxe_str_init(&number, tftp, sizeof(tftp));
	pxe_str_putf(&number, "%u", conf->tftp_port);
	pxe_str_init(&number, http, sizeof(http));
	pxe_str_putf(&number, "%u", conf->http_port);
	for (size_t i = 0; i < PXE_LEN(variables); i++) {
		if (!pxe_str_has_prefix(text, variables[i].name))
			continue;
		pxe_str_puts(out, *variables[i].value != '\0'
					  ? variables[i].value
					  : variables[i].dflt);
		return strlen(variables[i].name);
	}
	return 0;
}

void pxe_hint_put(struct pxe_str *out, const struct pxe_hint *hint,
		  const struct pxe_client *client, const struct pxe_conf *conf)
{
	const char *p = hint->text;

	while (*p != '\0') {
		size_t n = *p == '{' && p[1] != '{'
				   ? put_variable(out, p, client, conf)
				   : 0;

		if (n == 0)
			pxe_str_putc(out, *p++);
		p += n;
	}
}
