# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# The lab: a network of its own with virtual machines that run real firmware.
# Sourced by the scripts of this directory, which begin with
#
#     . "$(dirname "$0")/lib.sh"
#     lab_payload
#     lab_enter "$0" "$@"
#     . "$HERE/suite.sh"
#
# From then on the script runs in a network and a mount namespace of its own,
# with an empty directory $LAB in memory.  Whatever way the script ends, the
# processes that it began end too and nothing is left.

PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
B=${B:-build}
case $B in
/*) ;;
*) B=$TOP/$B ;;
esac
ARGV0=${0##*/}

LAB_BRIDGE=lab0
LAB_BRIDGE_MAC=52:54:00:00:00:01
LAB_ADDRESS=192.168.200.1
LAB_NET=192.168.200.0/24

# --- the namespace -----------------------------------------------------------

# Why no lab can be made here, or nothing.
lab_obstacle() {
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; return; }
	for tool in unshare setpriv ip qemu-system-x86_64 python3 busybox; do
		command -v "$tool" >/dev/null || {
			echo "$tool is not installed"
			return
		}
	done
	unshare --net --mount --propagation unchanged true 2>/dev/null || {
		echo "namespaces cannot be made here"
		return
	}
	lab_tun
	unshare --net sh -c 'ip link add lab type bridge &&
		ip tuntap add dev tap mode tap' 2>/dev/null ||
		echo "bridges and taps cannot be made here (/dev/net/tun)"
}

# Containers often lack the device.
lab_tun() {
	[ -c /dev/net/tun ] || {
		mkdir -p /dev/net
		mknod /dev/net/tun c 10 200
	} 2>/dev/null
}

# Makes what machines boot; before lab_enter, as it may need the Internet.
lab_payload() {
	[ -n "${LAB_INSIDE:-}" ] || "$HERE/payload" "$B/demo-cache"
}

# Runs script $1 with its arguments again, in namespaces of its own.
lab_enter() {
	if [ -z "${LAB_INSIDE:-}" ]; then
		LAB_INSIDE=$$ exec unshare --net --mount \
			--propagation unchanged "$@"
	fi
	unset LAB_INSIDE
	LAB=$(mktemp -d "${TMPDIR:-/tmp}/pxe-lab.XXXXXX")
	trap lab_leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	chmod 755 "$LAB"
	# In memory, and gone with the namespace whatever happens.  Where that
	# cannot be (in a chroot) the directory itself has to do.
	mount --make-rprivate / 2>/dev/null &&
		mount -t tmpfs -o mode=755 lab "$LAB" 2>/dev/null
	mkdir "$LAB/pids" "$LAB/log"
	lab_guard
	lab_network
}

# Ends what the script began; the last thing that it does.
lab_leave() {
	lab_status=$?
	set +e
	trap '' INT TERM HUP
	trap - EXIT
	type on_leave >/dev/null 2>&1 && on_leave "$lab_status"
	for pidfile in "$LAB"/pids/*; do
		[ -f "$pidfile" ] && proc_end "${pidfile##*/}" KILL
	done
	[ -z "${lab_guard_pid:-}" ] || kill -KILL "$lab_guard_pid" 2>/dev/null
	umount -l "$LAB" 2>/dev/null
	rm -rf "$LAB"
	exit "$lab_status"
}

# A process that does the same when the script is killed by force.
lab_guard() {
	setsid sh -c '
		tail --pid="$1" -f /dev/null
		for f in "$2"/pids/*; do
			[ -f "$f" ] && kill -KILL "$(cat "$f")"
		done
		umount -l "$2"
		rm -rf "$2"
	' guard $$ "$LAB" >/dev/null 2>&1 </dev/null &
	lab_guard_pid=$!
}

lab_network() {
	ip link set lo up
	ip link add "$LAB_BRIDGE" type bridge forward_delay 0 stp_state 0
	# A fixed address: else it changes as taps come and go, and machines
	# talk to one that nobody has.
	ip link set "$LAB_BRIDGE" address "$LAB_BRIDGE_MAC" up
	# The witness is to see what other computers say to machines too.
	ip link set "$LAB_BRIDGE" promisc on
	ip address add "$LAB_ADDRESS/24" dev "$LAB_BRIDGE"
}

# --- processes ---------------------------------------------------------------

# Starts a process: its name, then the command.  Output goes to its log.
proc_start() {
	proc=$1
	shift
	# A session of its own: Ctrl-C is for the script, which ends the rest.
	setsid setpriv --pdeathsig KILL "$@" </dev/null \
		>>"$LAB/log/$proc" 2>&1 &
	echo $! >"$LAB/pids/$proc"
}

proc_pid() {
	cat "$LAB/pids/$1" 2>/dev/null
}

proc_runs() {
	kill -0 "$(proc_pid "$1")" 2>/dev/null
}

# Ends process $1 with signal $2 (TERM; KILL after 10 s) and waits for it.
# Returns its exit status; 0 if there is no such process.
proc_end() {
	end_pid=$(proc_pid "$1")
	rm -f "$LAB/pids/$1"
	[ -n "$end_pid" ] || return 0
	kill -"${2:-TERM}" "$end_pid" 2>/dev/null
	wait_for 10 not kill -0 "$end_pid" ||
		kill -KILL "$end_pid" 2>/dev/null
	wait "$end_pid" 2>/dev/null
}

not() {
	! "$@" 2>/dev/null
}

now_ms() {
	date +%s%3N
}

# How long the thread of this lab that was kept longest from a processor was
# kept from it so far, in ms; 0 where the kernel does not tell.
kept_ms() {
	for pidfile in "$LAB"/pids/*; do
		cat "/proc/$(cat "$pidfile")"/task/*/schedstat
	done 2>/dev/null | awk '$2 > max { max = $2 }
		END { printf "%d\n", max / 1e6 }'
}

# Waits until the command after $1 succeeds, at most $1 seconds, and as long
# again if the lab was kept from its processors as long meanwhile.
wait_for() {
	wait_begin=$(now_ms) wait_ms=$(($1 * 1000)) wait_kept=
	wait_end=$((wait_begin + wait_ms))
	[ "$1" -lt 30 ] || wait_kept=$(kept_ms)
	shift
	until "$@" 2>/dev/null; do
		[ "$(now_ms)" -lt "$wait_end" ] || wait_longer || return 1
		sleep 0.1
	done
}

wait_longer() {
	[ -n "$wait_kept" ] || return 1
	wait_more=$(($(kept_ms) - wait_kept))
	[ "$wait_more" -le "$wait_ms" ] || wait_more=$wait_ms
	wait_kept=
	wait_end=$((wait_begin + wait_ms + wait_more))
	[ "$(now_ms)" -lt "$wait_end" ]
}

# --- KVM or not --------------------------------------------------------------

# There are hosts whose /dev/kvm opens and then hangs in firmware.  So firmware
# is booted with it, with a deadline; once for each start of this host.

# What the console shows when the firmware has done its work with KVM; a ROM
# that hangs does so before.
PROBES='bios:bios-ipxe:Configuring.(net uefi:uefi-x64:BdsDxe'
PROBE_SECONDS=8

# The file that holds what is known of firmware $1 (bios, uefi).
accel_file() {
	echo "$B/accel-$1-$(tr -d - </proc/sys/kernel/random/boot_id)"
}

# Is there anything left to find out?
accel_is_known() {
	[ -f "$(accel_file bios)" ] && [ -f "$(accel_file uefi)" ]
}

# Finds out for all firmware at once; who comes meanwhile waits for that.
accel_probe() {
	mkdir -p "$B"
	exec 8>"$B/accel.lock"
	flock 8
	accel_find
	exec 8>&-
}

accel_find() {
	accel_is_known && return
	rm -f "$B"/accel-*
	if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
		echo tcg | tee "$(accel_file bios)" >"$(accel_file uefi)"
		return
	fi
	for probe in $PROBES; do
		kind=${probe%%:*} probe=${probe#*:}
		ACCEL=kvm vm_start "probe-$kind" "${probe%%:*}" \
			"52:54:00:00:00:0$((${probe_n:-1} + 1))"
		probe_n=$((${probe_n:-1} + 1))
	done
	wait_for $PROBE_SECONDS probes_show
	for probe in $PROBES; do
		kind=${probe%%:*}
		console_shows "probe-$kind" "${probe##*:}" &&
			echo kvm >"$(accel_file "$kind")" ||
			echo tcg >"$(accel_file "$kind")"
		vm_stop "probe-$kind"
	done
}

probes_show() {
	for probe in $PROBES; do
		console_shows "probe-${probe%%:*}" "${probe##*:}" || return 1
	done
}

# kvm or tcg, for firmware $1; LAB_ACCEL=tcg in the environment forbids KVM.
accel_of() {
	[ "${LAB_ACCEL:-kvm}" = kvm ] || { echo tcg; return; }
	cat "$(accel_file "$1")" 2>/dev/null || echo tcg
}

# --- virtual machines --------------------------------------------------------

# Starts a machine: name, profile (bios-..., uefi-...), MAC address, then more
# arguments of QEMU.
vm_start() {
	vm=$1 vm_profile=$2 vm_mac=$3
	vm_accel=${ACCEL:-$(accel_of "${vm_profile%%-*}")}
	shift 3
	mkdir -p "$LAB/vm/$vm"
	vm_tap=t${vm_mac##*:}
	ip link show "$vm_tap" >/dev/null 2>&1 || {
		ip tuntap add dev "$vm_tap" mode tap
		ip link set "$vm_tap" master "$LAB_BRIDGE" up
	}
	vm_net=tap,ifname=$vm_tap,script=no,downscript=no
	"vm_$(echo "$vm_profile" | tr - _)" "$@"
}

# Emulation takes all the processor that it gets.  It stands back, so that what
# answers the machines does so in time, and so do other tests: `nice` among the
# processes of a session, and among the sessions where they share (autogroup).
VM_NICE=5
# shellcheck disable=SC2016
VM_ASIDE='{ echo "$1" >/proc/self/autogroup; } 2>/dev/null
	exec nice -n "$@"'

# A machine that starts anew ends here, unless VM_REBOOTS is set.
vm_run() {
	qemu=$1
	shift
	: >"$LAB/vm/$vm/console"
	rm -f "$LAB/vm/$vm/qmp"
	[ -n "${VM_REBOOTS:-}" ] || set -- -no-reboot "$@"
	proc_start "$vm" sh -c "$VM_ASIDE" aside $VM_NICE \
		"$qemu" -name "$vm" -display none -monitor none \
		-parallel none -qmp "unix:$LAB/vm/$vm/qmp,server=on,wait=off" \
		-serial "file:$LAB/vm/$vm/console" \
		-netdev "$vm_net,id=net" "$@"
}

# x86 machines; -nodefaults: no floppy or CD for the firmware to try.
vm_x86() {
	vm_run qemu-system-x86_64 -machine "q35,graphics=off" -nodefaults \
		-accel "$vm_accel" -m 512 -vga none "$@"
}

# BIOS, with iPXE as the boot ROM of the card.  Debian's virtio ROM only
# knows the card's modern id.
vm_bios_ipxe() {
	vm_x86 -device "virtio-net-pci,netdev=net,mac=$vm_mac,bootindex=1,\
disable-legacy=on,romfile=/usr/lib/ipxe/qemu/pxe-virtio.rom" "$@"
}

# BIOS with a boot ROM that is not iPXE, as far as the network can see.
vm_bios_undi() {
	vm_port=$((0x${vm_mac##*:} + 20000))
	# shellcheck disable=SC2086
	proc_start "$vm-mask" "$HERE/mask.py" "$vm_tap" $vm_port ${MASK:-}
	wait_for 10 port_listens $vm_port
	vm_net=socket,connect=127.0.0.1:$vm_port
	vm_bios_ipxe "$@"
}

port_listens() {
	grep -q "^ *[0-9]*: 0100007F:$(printf %04X "$1") 00000000:0000 0A" \
		/proc/net/tcp
}

# UEFI with its own PXE client: an empty ROM, or iPXE's would take over.
# Without a random number generator the firmware has no network.
vm_uefi() {
	vm_code=$1
	cp "$2" "$LAB/vm/$vm/vars.fd"
	shift 2
	vm_x86 -device virtio-rng-pci \
		-drive "if=pflash,format=raw,readonly=on,file=$vm_code" \
		-drive "if=pflash,format=raw,file=$LAB/vm/$vm/vars.fd" \
		-fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=n \
		-device "virtio-net-pci,netdev=net,mac=$vm_mac,bootindex=1,\
romfile=" "$@"
}

vm_uefi_x64() {
	vm_uefi /usr/share/OVMF/OVMF_CODE_4M.fd \
		/usr/share/OVMF/OVMF_VARS_4M.fd "$@"
}

# The same machine with Secure Boot on and Microsoft's keys in its memory.
vm_uefi_secure() {
	vm_uefi /usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
		/usr/share/OVMF/OVMF_VARS_4M.ms.fd -machine smm=on \
		-global driver=cfi.pflash01,property=secure,value=on \
		-global ICH9-LPC.disable_s3=1 "$@"
}

# The same machine, which asks by HTTP Boot.
vm_uefi_http() {
	vm_uefi_x64 -fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=n "$@"
}

vm_uefi_ia32() {
	vm_uefi /usr/share/OVMF/OVMF32_CODE_4M.secboot.fd \
		/usr/share/OVMF/OVMF32_VARS_4M.fd \
		-global driver=cfi.pflash01,property=secure,value=off "$@"
}

vm_uefi_aa64() {
	vm_run qemu-system-aarch64 -machine virt -cpu cortex-a57 -nodefaults \
		-m 512 -device virtio-rng-pci \
		-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd \
		-fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=n \
		-device "virtio-net-pci,netdev=net,mac=$vm_mac,bootindex=1,\
romfile=" "$@"
}

# U-Boot for ARM64, by the boot commands that it comes with.
vm_uboot() {
	vm_run qemu-system-aarch64 -machine virt -cpu cortex-a57 -nodefaults \
		-m 512 -device virtio-rng-pci \
		-bios /usr/lib/u-boot/qemu_arm64/u-boot.bin \
		-device "virtio-net-pci,netdev=net,mac=$vm_mac,romfile=" "$@"
}

vm_stop() {
	proc_end "$1" KILL || true
	proc_end "$1-mask" KILL || true
}

# Types on the keyboard of machine $1: names of keys as QEMU has them (a, ret,
# down, esc, shift-a).
vm_type() {
	"$HERE/qmp.py" "$LAB/vm/$1/qmp" "$@"
}

# What machine $1 wrote to its console, without the cursor's movements.
console() {
	sed -e 's/\x1b\[[0-9;=?]*[A-Za-z]//g' -e 's/\x1b[()][A-Z0-9]//g' \
		"$LAB/vm/$1/console" 2>/dev/null | tr -d '\000\r\016\017' |
		tr -cs '\n\t -~' '?'
}

console_shows() {
	console "$1" | grep -q "$2"
}

# --- disks of the network ----------------------------------------------------

# An iSCSI server of the lab's own.
san_start() {
	export TGT_IPC_SOCKET="$LAB/tgt"
	proc_start tgtd tgtd --foreground \
		--iscsi "portal=$LAB_ADDRESS:3260"
	wait_for 10 san_do system show
}

# san_do MODE OPERATION ARGUMENT...
san_do() {
	san_mode=$1 san_op=$2
	shift 2
	tgtadm --lld iscsi --mode "$san_mode" --op "$san_op" "$@" >/dev/null
}

# san_disk NUMBER NAME FILE [USER PASSWORD]: serves a file, read and write; to
# nobody else than USER.
san_disk() {
	san_do target new --tid "$1" --targetname "$2" &&
		san_do logicalunit new --tid "$1" --lun 1 --backing-store "$3" &&
		san_do target bind --tid "$1" --initiator-address ALL ||
		return 1
	[ -z "${4:-}" ] || {
		san_do account new --user "$4" --password "$5" &&
			san_do account bind --tid "$1" --user "$4"
	}
}
