# SPDX-License-Identifier: ISC
# Completion of pxectl for bash.  Commands, their options and what they take
# come from `pxectl help --list`, so nothing here has to follow them.

# The rest of the line of a command: its name, options, kind of operand.
# $1: what `pxectl help --list` said, $2...: the words on the line so far.
_pxectl_find() {
	local list=$1 name rest
	shift
	while IFS=$'\t' read -r name rest; do
		if [[ "$* " == "$name "* ]]; then
			printf '%s\t%s\n' "$name" "$rest"
			return
		fi
	done <<<"$list"
}

# The words that an operand may be.  $1: pxectl, $2: its kind, $3...: -c DIR.
_pxectl_operands() {
	local pxectl=$1 kind=$2
	shift 2
	case $kind in
	client) "$pxectl" "$@" -q clients 2>/dev/null | awk '{ print $1 }' ;;
	host) "$pxectl" "$@" -q host list 2>/dev/null | awk '{ print $1 }' ;;
	address) "$pxectl" "$@" -q leases 2>/dev/null | awk '{ print $1 }' ;;
	boot)
		"$pxectl" "$@" -q clients 2>/dev/null | awk '{ print $1 }'
		"$pxectl" "$@" -q host list 2>/dev/null | awk '{ print $1 }'
		"$pxectl" "$@" -q targets 2>/dev/null | awk '{ print $1 }'
		echo @all
		;;
	export) echo isc csv ;;
	loaders) echo install ;;
	family) echo bios uefi ia32 aa64 ;;
	import) echo isc dnsmasq kea csv ;;
	snippet) "$pxectl" "$@" -q snippet 2>/dev/null | awk '{ print $1 }' ;;
	command) "$pxectl" help --list 2>/dev/null | cut -f1 ;;
	esac
}

# The next words of commands that begin with the words $2...; $1: the list.
_pxectl_commands() {
	local list=$1
	shift
	cut -f1 <<<"$list" | awk -v begin="$*" '
		begin == "" { print $1 }
		begin != "" && index($0, begin " ") == 1 { print $2 }'
}

_pxectl() {
	local pxectl=${COMP_WORDS[0]} words=("${COMP_WORDS[@]}")
	local cur=${COMP_WORDS[COMP_CWORD]} cword=$COMP_CWORD
	local list i name options what candidates given=() conf=()

	# a hardware address is one word, though readline splits at colons
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n := cur words cword
	fi
	list=$("$pxectl" help --list 2>/dev/null)
	COMPREPLY=()
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		-c | --config) conf=(-c "${words[++i]-}") ;;
		--config=*) conf=(-c "${words[i]#*=}") ;;
		--*=*) ;;
		--*) [[ $list != *"${words[i]}="* ]] || ((i++)) ;;
		-*) ;;
		*) given+=("${words[i]}") ;;
		esac
	done
	if [[ ${words[cword - 1]} == @(-c|--config) ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
	fi
	IFS=$'\t' read -r name options what \
		< <(_pxectl_find "$list" "${given[@]}")
	if [[ $cur == -* ]]; then
		candidates=${options:-$(cut -f2 <<<"$list" | head -n 1)}
	elif [[ $what == import && ${#given[@]} -gt 2 ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	elif [[ -n $name ]]; then
		candidates=$(_pxectl_operands "$pxectl" "$what" "${conf[@]}")
	else
		candidates=$(_pxectl_commands "$list" "${given[@]}")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$cur")
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _pxectl pxectl
