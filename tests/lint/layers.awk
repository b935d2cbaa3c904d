# SPDX-License-Identifier: ISC
# Who may include whom.  -v pure=FILE: pure parts of programs, one a line.

BEGIN {
	n = split("base wire core run", layers)
	for (i = 1; i <= n; i++)
		rank[layers[i]] = i
	n = split("assert errno inttypes limits stdarg stdbool stddef stdint " \
		"stdio stdlib string", names)
	for (i = 1; i <= n; i++)
		is_plain["<" names[i] ".h>"] = 1
	while ((getline file < pure) > 0)
		is_pure[file] = 1
}

function complain(what) {
	print FILENAME ":" FNR ": " what
}

FNR == 1 {
	n = split(FILENAME, path, "/")
	own = path[n - 1]
	in_lib = path[1] == "lib"
	# what it may reach: its own layer; a pure part as far as core
	reach = in_lib ? rank[own] : FILENAME in is_pure ? rank["core"] : 99
	must_be_pure = in_lib ? own != "run" : FILENAME in is_pure
	if (in_lib && !(own in rank))
		complain("lib/" own " is not one of the four layers")
}

/^[ \t]*#[ \t]*include[ \t]*</ && must_be_pure && !($2 in is_plain) {
	complain("pure code must not include " $2)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	if (split(quoted[2], to, "/") != 2 || to[1] ~ /^\.\.?$/)
		complain("\"" quoted[2] "\" is not written from the root")
	else if (to[1] in rank && rank[to[1]] > reach)
		complain(own " must not include " to[1] "/" to[2])
	else if (!(to[1] in rank) && (in_lib || to[1] != own))
		complain(own " must not include " to[1] "/" to[2])
}
