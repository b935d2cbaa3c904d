# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Servers that are not ours, beside the suite of suite.sh: on other computers
# of the lab's network or on the same one.  Sourced after suite.sh.

OTHER_ADDRESS=192.168.200.2

# "full" boots every machine beside every server, else the essential ones.
FIRMWARE_MATRIX=${FIRMWARE_MATRIX:-essential}

# A further computer, which is a network namespace: its name, its address.
host_start() {
	host_pid_before=$(readlink /proc/self/ns/net)
	proc_start "host-$1" unshare --net sleep infinity
	wait_for 5 host_is_apart "$1" || return 1
	ip link add "h-$1" type veth peer name eth0 \
		netns "$(proc_pid "host-$1")" &&
		ip link set "h-$1" master "$LAB_BRIDGE" up &&
		on_host "$1" ip link set lo up &&
		on_host "$1" ip link set eth0 up &&
		on_host "$1" ip address add "$2/24" dev eth0
}

host_is_apart() {
	[ "$(readlink "/proc/$(proc_pid "host-$1")/ns/net")" != \
		"$host_pid_before" ]
}

# Runs a command on computer $1.
on_host() {
	host=$1
	shift
	nsenter --net="/proc/$(proc_pid "host-$host")/ns/net" "$@"
}

# other_start SERVER HOST: dnsmasq or isc, configured by $LAB/SERVER.conf, on
# that computer ("here": the suite's own).
other_start() {
	other_if=eth0 other_on="nsenter --net=/proc/$(proc_pid "host-$2")/ns/net"
	[ "$2" != here ] || other_if=$LAB_BRIDGE other_on=
	: >"$LAB/$1.leases"
	: >"$LAB/log/$1"
	# shellcheck disable=SC2086
	case $1 in
	dnsmasq)
		proc_start dnsmasq $other_on dnsmasq -k -i $other_if -u root \
			-C "$LAB/dnsmasq.conf" --pid-file= --log-facility=- \
			--log-dhcp --dhcp-leasefile="$LAB/dnsmasq.leases"
		other_sign='DHCP, ' ;;
	isc)
		proc_start isc $other_on dhcpd -4 -f -d -cf "$LAB/isc.conf" \
			-lf "$LAB/isc.leases" -pf "$LAB/isc.pid" $other_if
		other_sign='Sending on  *Socket' ;;
	esac
	wait_for 10 grep -q "$other_sign" "$LAB/log/$1" || {
		tail -n 15 "$LAB/log/$1"
		return 1
	}
}

# Addresses and nothing else; more lines from standard input.
dnsmasq_config() {
	{
		echo 'port=0'
		echo 'no-ping'
		echo 'dhcp-range=192.168.200.50,192.168.200.90,1h'
		cat
	} >"$LAB/dnsmasq.conf"
}

isc_config() {
	{
		echo 'authoritative;'
		echo 'ping-check false;'
		echo 'default-lease-time 3600;'
		cat
		echo 'subnet 192.168.200.0 netmask 255.255.255.0 {'
		echo '    range 192.168.200.50 192.168.200.90;'
		echo '}'
	} >"$LAB/isc.conf"
}

# The files of packages that the demo does not need, and the other servers.
others_obstacle() {
	lab_obstacle | grep . && return
	for file in /usr/share/OVMF/OVMF32_VARS_4M.fd \
		/usr/share/qemu-efi-aarch64/QEMU_EFI.fd \
		/usr/bin/qemu-system-aarch64 /usr/bin/grub-mkimage \
		/usr/lib/grub/i386-efi/linux.mod /usr/sbin/dnsmasq \
		/usr/sbin/dhcpd; do
		[ -e "$file" ] || echo "$file is not installed"
	done | head -n 1
}

# Loaders for all four families that run here.  GRUB's is told where its files
# are by $1, what it prefixes to their names.
others_files() {
	suite_files || return 1
	mkdir -p "$ROOT/grub"
	grub-mkimage -O i386-efi -o "$ROOT/grubia32.efi" -p "$1" \
		efinet net tftp http linux normal configfile echo || return 1
	cat >"$ROOT/grub/grub.cfg" <<-END
		linux (http,$LAB_ADDRESS:16000)/vmlinuz \
			console=ttyS0 pxe.callback=$HTTP/callback
		initrd (http,$LAB_ADDRESS:16000)/initrd.img
		boot
	END
	"$HERE/tiny-efi.py" "$ROOT/aa64.efi" "the loader of aa64 runs"
}

others_loaders() {
	suite_loader bios undionly.kpxe
	suite_loader uefi snponly.efi
	suite_loader ia32 grubia32.efi
	suite_loader aa64 aa64.efi
}

# --- machines ----------------------------------------------------------------

# Name, profile of lib.sh, the end of its MAC address.
MACHINES='plain:bios-undi:31 rom:bios-ipxe:32 uefi:uefi-x64:33 http:uefi-http:34
	ia32:uefi-ia32:35 aa64:uefi-aa64:36 uboot:uboot:37'

machine_row() {
	for row in $MACHINES; do
		[ "${row%%:*}" != "$1" ] || echo "$row"
	done
}

machine_mac() {
	echo "52:54:00:00:00:$(machine_row "$1" | cut -d: -f3)"
}

# As the wire shows it: U-Boot takes the first octet of a modern virtio card's
# address six times.
machine_seen() {
	[ "$1" != uboot ] || { echo 52:52:52:52:52:52; return; }
	machine_mac "$1"
}

others_hosts() {
	for row in $MACHINES; do
		suite_host "${row%%:*}" "$(machine_mac "${row%%:*}")" -
	done
}

# boot TEXT MACHINE...: all at once; each must come up, and by the path that
# the function story_MACHINE prints.
boot() {
	boot_text=$1
	shift
	: >"$LAB/log/witness"
	for machine; do
		vm_start "$machine" "$(machine_row "$machine" | cut -d: -f2)" \
			"$(machine_mac "$machine")"
	done
	for machine; do
		tap "$boot_text: $machine comes up" is_up "$machine"
		vm_stop "$machine"
		"story_$machine" >"$LAB/story.$machine"
		tap "$boot_text: $machine took its path" path_is \
			"$(machine_seen "$machine")" <"$LAB/story.$machine"
	done
}

# The system calls back, or the loader says that it runs.  Through the UNDI of
# a plain ROM a kernel takes long: there it is enough that it is fetched.
is_up() {
	case $1 in
	aa64 | uboot) set -- "$1" console_shows "$1" 'loader of aa64 runs' ;;
	plain) set -- "$1" fetches "$1" 'http GET /vmlinuz' ;;
	*) set -- "$1" console_shows "$1" 'called back at' ;;
	esac
	up_machine=$1
	shift
	wait_for "$UP_SECONDS" "$@" || {
		console "$up_machine" | grep . | tail -n 15
		path_of "$(machine_seen "$up_machine")" | tail -n 20
		return 1
	}
}

fetches() {
	path_of "$(machine_mac "$1")" | grep -q "$2"
}

# The part of a path from the script on, for who fetches it by HTTP.
path_script() {
	echo "http GET /boot.ipxe"
	path_callback
}

path_callback() {
	cat <<-END
		http GET /vmlinuz
		http GET /initrd.img
		http GET /callback
	END
}
