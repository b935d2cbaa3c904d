# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# DHCP servers that are not ours, for tests of what stands beside them.  Source
# it after lib.sh, with NET ("10.90.0") set to the first octets of a /24 that
# the interface eth0 of a namespace is in, and BOOT to the name that they give
# as the boot file, or "" for none.
#
#	start_dnsmasq NS, start_isc NS, start_kea NS: until it serves
#	stop_address_server: the one that was started last
# shellcheck disable=SC2034 # used by the tests
address_servers='dnsmasq isc kea'

make_address_confs() {
	touch "$T/isc.leases"
	conf . isc.conf <<-END
		authoritative;
		subnet $NET.0 netmask 255.255.255.0 {
			range $NET.100 $NET.119;
			option routers $NET.1;
			${BOOT:+next-server $NET.1; filename "$BOOT";}
		}
	END
	conf . kea.json <<-END
		{"Dhcp4": {
		  "interfaces-config": {"interfaces": ["eth0"]},
		  "lease-database": {"type": "memfile", "persist": false},
		  "subnet4": [{"id": 1, "subnet": "$NET.0/24",
		    ${BOOT:+"\"next-server\": \"$NET.1\", \"boot-file-name\": \"$BOOT\","}
		    "pools": [{"pool": "$NET.120 - $NET.139"}]}],
		  "loggers": [{"name": "kea-dhcp4", "severity": "INFO",
		    "output_options": [{"output": "stdout"}]}]}}
	END
}

start_dnsmasq() { # NS MORE...
	space=$1
	shift
	spawn "$space" dnsmasq dnsmasq -k -p 0 -i eth0 -C /dev/null --no-ping \
		--dhcp-range="$NET.140,$NET.159,1h" --dhcp-authoritative \
		${BOOT:+--dhcp-boot="$BOOT,,$NET.1"} \
		--dhcp-leasefile="$T/dnsmasq.leases" --pid-file= -u root \
		--log-dhcp --log-facility=- "$@"
	address_pid=$pid
	wait_for 10 says dnsmasq 'DHCP, IP range'
}

start_isc() { # NS
	spawn "$1" isc dhcpd -4 -f -d -cf "$T/isc.conf" -lf "$T/isc.leases" \
		-pf "$T/isc.pid" eth0
	address_pid=$pid
	wait_for 10 says isc 'Sending on   Socket/fallback'
}

start_kea() { # NS
	mkdir -p "$T/kea"
	spawn "$1" kea env KEA_PIDFILE_DIR="$T/kea" KEA_LOCKFILE_DIR=none \
		kea-dhcp4 -c "$T/kea.json"
	address_pid=$pid
	wait_for 10 says kea DHCP4_STARTED &&
		! says kea DHCPSRV_NO_SOCKETS_OPEN
}

stop_address_server() {
	kill "$address_pid"
	wait_for 10 is_gone "$address_pid"
	rm -f "$T/dnsmasq.log" "$T/isc.log" "$T/kea.log"
}
