# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# The suite in the lab of lib.sh: its configuration, its four daemons, a
# witness on the wire, and the machines' paths as the witness saw them.

ETC=$LAB/etc
ROOT=$LAB/boot
DAEMONS='stated dhcpd tftpd httpd'
HTTP=http://$LAB_ADDRESS:16000

ctl() {
	"$B/bin/pxectl" -c "$ETC" "$@"
}

# The boot root: kernel and initramfs of lab_payload, loaders of Debian.
suite_files() {
	mkdir -p "$ROOT"
	cp "$B/demo-cache/vmlinuz" "$B/demo-cache/initrd.img" \
		/usr/lib/ipxe/undionly.kpxe /usr/lib/ipxe/snponly.efi "$ROOT"
}

# no_timer_check: emulated on a busy host, Linux takes its timer for broken.
# The configuration, with everything in its own place.  Machines and further
# loaders are added by suite_host and suite_loader.
suite_config() {
	mkdir -p "$ETC" "$LAB/state"
	chown nobody "$LAB/state"
	cat >"$ETC/pxe.conf" <<-END
		interfaces   = { "$LAB_BRIDGE" }
		http-port    = 16000
		boot-root    = "$ROOT"
		state-socket = "$LAB/state.sock"
		state-dir    = "$LAB/state"
	END
	cat >"$ETC/dhcpd.conf" <<-END
		authoritative = yes
		user = "nobody"
		subnet "$LAB_NET" {
		    ranges      = { "192.168.200.100-192.168.200.199" }
		    routers     = { "$LAB_ADDRESS" }
		    domain-name = "example.org"
		    lease-time  = 3600
		}
	END
	echo 'user = "nobody"' >"$ETC/tftpd.conf"
	echo 'user = "nobody"' >"$ETC/httpd.conf"
	cat >"$ETC/stated.conf" <<-END
		user         = "nobody"
		lease-users  = { "nobody" }
		report-users = { "nobody" }
		boot-users   = { "nobody" }
	END
	cat >"$ETC/boot.conf" <<-END
		target "local" { title = "Boot from local disk"  type = "local" }
		target "linux" {
		    title  = "Linux in memory"
		    type   = "linux"
		    kernel = "vmlinuz"
		    initrd = { "initrd.img" }
		    args   = "console=ttyS0 no_timer_check pxe.callback={{callback}}"
		}
	END
	: >"$ETC/hosts.conf"
}

# suite_loader FAMILY FILE
suite_loader() {
	echo "loader \"$1\" { file = \"$2\" }" >>"$ETC/boot.conf"
}

# suite_host NAME MAC ADDRESS (or "-": from the pool)
suite_host() {
	{
		echo "host \"$1\" {"
		echo "    mac  = \"$2\""
		[ "$3" = - ] || echo "    address = \"$3\""
		echo "    boot = \"linux\""
		echo "}"
	} >>"$ETC/hosts.conf"
}

# Checks the configuration as an administrator would.
suite_check() {
	for daemon in $DAEMONS; do
		"$B/sbin/pxe-$daemon" -c "$ETC" -t || return 1
	done
}

daemon_start() {
	proc_start "pxe-$1" "$B/sbin/pxe-$1" -c "$ETC"
}

# Ends daemon $1 by force and starts it again.
daemon_crash() {
	proc_end "pxe-$1" KILL
	daemon_start "$1"
}

# Tells all daemons to read their configuration again, and waits for it.
suite_reload() {
	for daemon in $DAEMONS; do
		reload_mark=$(wc -l <"$LAB/log/pxe-$daemon")
		kill -HUP "$(proc_pid "pxe-$daemon")" || return 1
		wait_for 5 log_has_grown "$daemon" "$reload_mark" || {
			echo "pxe-$daemon did not reload"
			return 1
		}
	done
}

log_has_grown() {
	[ "$(wc -l <"$LAB/log/pxe-$1")" -gt "$2" ]
}

# All daemons, ready to serve; before them the witness, and a router, which
# says of IPv6 what stands in LAB_IPV6.
suite_start() {
	proc_start witness "$HERE/witness.py" "$LAB_BRIDGE"
	# shellcheck disable=SC2086
	proc_start ra "$HERE/ra.py" "$LAB_BRIDGE" ${LAB_IPV6:-}
	for daemon in $DAEMONS; do
		daemon_start "$daemon"
	done
	wait_for 10 suite_is_ready || {
		suite_logs 15
		return 1
	}
}

suite_is_ready() {
	for daemon in $DAEMONS; do
		proc_runs "pxe-$daemon" || return 1
	done
	ctl -q status >/dev/null 2>&1 &&
		busybox wget -q -O /dev/null "$HTTP/initrd.img"
}

# Ends all daemons in order; 1 if one did not end with status 0.
suite_stop() {
	stop_status=0
	for daemon in dhcpd tftpd httpd stated; do
		proc_end "pxe-$daemon" TERM || stop_status=1
	done
	return $stop_status
}

suite_logs() {
	for daemon in $DAEMONS; do
		echo "--- pxe-$daemon"
		tail -n "$1" "$LAB/log/pxe-$daemon"
	done
}

# --- the witness -------------------------------------------------------------

# What machine $1 (MAC) did, without the MAC.
path_of() {
	sed -n "s/^$1 //p" "$LAB/log/witness"
}

# Did machine $1 do what stands on stdin, a regular expression a line, in this
# order (other things may lie between)?  "first: X" must be its very first
# line, "never: X" must not be there at all.  Says what is missing.
path_is() {
	cat >"$LAB/story"
	path_of "$1" | awk -v story="$LAB/story" '
		BEGIN {
			while ((getline line < story) > 0)
				if (sub(/^never: /, "", line)) never[++m] = line
				else step[++n] = line
			at = 1
		}
		{
			for (i = 1; i <= m; i++)
				if ($0 ~ never[i]) { bad = "did: " $0; exit }
			want = step[at]
			first = sub(/^first: /, "", want)
			if (at <= n && $0 ~ want) at++
			else if (first) { bad = "began with: " $0; exit }
		}
		END {
			if (bad == "" && at <= n) bad = "did not: " step[at]
			if (bad != "") { print bad; exit 1 }
		}'
}

# The paths that must be taken, by kind of firmware.
path_linux() {
	cat <<-END
		http GET /boot.ipxe
		http GET /vmlinuz
		http GET /initrd.img
		dhcp DISCOVER arch=none udhcp
		dhcp ACK
		http GET /callback
	END
}

# The machine of a ROM that is iPXE: it never needs a loader.
path_bios_ipxe() {
	cat <<-END
		first: dhcp DISCOVER arch=0 ipxe
		never: tftp
		dhcp ACK [0-9.]+ http://$LAB_ADDRESS:16000/boot.ipxe
	END
	path_linux
}

# A firmware with PXE of its own: architecture $1, loader $2 that is iPXE.
path_chain() {
	cat <<-END
		first: dhcp DISCOVER arch=$1 firmware
		dhcp ACK [0-9.]+ $2
		tftp RRQ $2
		dhcp DISCOVER arch=$1 ipxe
		dhcp ACK [0-9.]+ http://$LAB_ADDRESS:16000/boot.ipxe
	END
	path_linux
}

# --- TAP ---------------------------------------------------------------------

tap_failed=0

# tap NAME COMMAND...: one test; what the command prints tells why it failed.
tap() {
	tap_name=$1
	shift
	if "$@" >"$LAB/tap" 2>&1; then
		echo "ok - $tap_name"
	else
		echo "not ok - $tap_name"
		sed 's/^/# /' "$LAB/tap"
		tap_failed=$((tap_failed + 1))
	fi
}

# Machine $1 called back within $2 seconds; else its screen.
came_up() {
	wait_for "$2" console_shows "$1" 'called back at' || {
		console "$1" | grep . | tail -n 15
		return 1
	}
}

# The end of a test: 1 and the daemons' logs if something failed.
tap_end() {
	[ $tap_failed -eq 0 ] && exit 0
	suite_logs 25 | sed 's/^/# /'
	exit 1
}
