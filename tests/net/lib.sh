# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# For the tests in network namespaces: source it first.  Sets the current
# directory to the top of the tree, $B (absolute) and $T (a directory that is
# removed at the end).  Whatever is started with spawn ends with the test, and
# the namespaces go.
#
#	. "$(dirname "$0")/lib.sh"
#	needs root ip dhclient
#	ns server; ns client
#	wire server eth0 client eth0
#	spawn server stated "$B/sbin/pxe-stated" -c "$T/conf"
#	check "a name" command...
#	finish
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
T=$(mktemp -d /tmp/pxe-net-XXXXXX)
chmod 755 "$T"
status=0 pids='' spaces=''

clean_up() {
	for pid in $pids; do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	for pid in $pids; do
		wait_for 5 is_gone "$pid" || kill -9 "$pid" 2>/dev/null
	done
	for space in $spaces; do
		# a client that went on as a daemon, or that was just starting
		for pid in $(ip netns pids "$space" 2>/dev/null); do
			kill -9 "$pid" 2>/dev/null
		done
		ip netns del "$space" 2>/dev/null
	done
	if [ -n "${KEEP:-}" ]; then echo "# kept: $T"; else rm -rf "$T"; fi
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP PIPE

ok() { echo "ok - $*"; }

not_ok() {
	echo "not ok - $*"
	status=1
}

skip_all() {
	echo "ok - $(basename "$0") # SKIP $*"
	exit 0
}

# check NAME COMMAND...: one line of TAP; what the command says, if it failed.
check() {
	what=$1
	shift
	if "$@" >"$T/check.out" 2>&1; then
		ok "$what"
	else
		not_ok "$what"
		sed 's/^/# /' "$T/check.out" | tail -n 20
	fi
}

finish() { exit "$status"; }

# needs WORD...: programs, or "root"; skips the whole test without them.
needs() {
	for word in "$@"; do
		case $word in
		root) [ "$(id -u)" = 0 ] || skip_all "needs root" ;;
		*) command -v "$word" >/dev/null || skip_all "needs $word" ;;
		esac
	done
}

is_gone() {
	! kill -0 "$1" 2>/dev/null ||
		grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

# wait_for SECONDS COMMAND...: until it is true; false at the deadline.
wait_for() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# ns NAME: a namespace of this test's own, with loopback up.
ns() {
	space=pxe-$$-$1
	ip netns add "$space" || skip_all "network namespaces cannot be made"
	spaces="$spaces $space"
	ip -n "$space" link set lo up
}

# in_ns NAME COMMAND...
in_ns() {
	space=pxe-$$-$1
	shift
	ip netns exec "$space" "$@"
}

# wire NS IF NS IF: two ends of a cable, both up.
wire() {
	ip -n "pxe-$$-$1" link add "$2" type veth peer name "$4" \
		netns "pxe-$$-$3" || skip_all "veth pairs cannot be made"
	ip -n "pxe-$$-$1" link set "$2" up
	ip -n "pxe-$$-$3" link set "$4" up
}

# spawn NS NAME COMMAND...: in the background, output to $T/NAME.log; the pid
# goes to $pid and ends with the test.
spawn() {
	space=pxe-$$-$1 log=$T/$2.log
	shift 2
	ip netns exec "$space" "$@" >>"$log" 2>&1 &
	pid=$!
	pids="$pids $pid"
}

# stop PID: SIGTERM, and the status that it ends with.
stop() {
	kill "$1" 2>/dev/null
	wait_for 10 is_gone "$1" || return 99
	wait "$1"
}

# crash PID: kill -9.
crash() {
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

# says NAME TEXT: is the text in the log of what was spawned as NAME?
says() { grep -q -e "$2" "$T/$1.log"; }

# conf DIR FILE: standard input becomes that configuration file.
conf() {
	mkdir -p "$T/$1"
	cat >"$T/$1/$2"
}

# A suite's pxe.conf in DIR, with its own paths; more lines from standard
# input.
conf_suite() {
	mkdir -p "$T/$1/root" "$T/$1/state"
	{
		echo "boot-root = \"$T/$1/root\""
		echo "state-dir = \"$T/$1/state\""
		echo "state-socket = \"$T/$1/state.sock\""
		cat
	} | conf "$1" pxe.conf
	printf '%s = { "root" }\n' lease-users report-users boot-users |
		conf "$1" stated.conf
}

# start_stated NS DIR, start_dhcpd NS DIR: until it serves; pid in
# $stated_pid, $dhcpd_pid.
start_stated() {
	spawn "$1" "$2-stated" "$B/sbin/pxe-stated" -c "$T/$2"
	stated_pid=$pid
	wait_for 10 "$B/bin/pxectl" -c "$T/$2" leases
}

start_dhcpd() {
	n=$(grep -c 'in step with pxe-stated' "$T/$2-dhcpd.log" 2>/dev/null)
	spawn "$1" "$2-dhcpd" "$B/sbin/pxe-dhcpd" -c "$T/$2"
	dhcpd_pid=$pid
	wait_for 10 in_step "$2" "${n:-0}" || return 1
	# before that it offers nothing to new clients; without a cable it does
	# not look at all
	wait_for 2 has_looked "$2" || :
}

# Has the pxe-dhcpd of DIR that was started last looked for other servers?
has_looked() {
	tac "$T/$1-dhcpd.log" | sed '/serving .*, port/q' |
		grep -q 'other DHCP server answers'
}

in_step() {
	[ "$(grep -c 'in step with pxe-stated' "$T/$1-dhcpd.log")" -gt "$2" ]
}

# An EFI program for x64 as far as its header says, of $1 octets that are not
# the same twice.
efi_file() {
	printf 'MZ'
	head -c 58 /dev/zero
	printf '@\0\0\0PE\0\0\144\206'
	head -c 18 /dev/zero
	head -c "$(($1 - 88))" /dev/urandom
}
