# SPDX-License-Identifier: ISC
# Compares what headers declare (gcc -aux-info) with what the library exports
# (nm -D --with-symbol-versions).  -v data=FILE: names of variables in headers.

function node_of(header) {
	if (header ~ /^lib\/(base|wire)\// || header == "lib/core/arch.h")
		return "PXE_0"
	return "PXE_PRIVATE"
}

BEGIN {
	while ((getline name < data) > 0)
		is_data[name] = 1
}

# /* lib/base/rd.h:29:NC */ extern void pxe_rd_init (struct pxe_rd *, ...);
FNR == NR && $2 ~ /^lib\// && $4 == "extern" {
	if (match($0, /pxe_[a-z0-9_]+ \(/)) {
		split($2, place, ":")
		name = substr($0, RSTART, RLENGTH - 2)
		where[name] = place[1] ":" place[2]
		node[name] = node_of(place[1])
	}
}

# 0000000000004010 T pxe_rd_init@@PXE_0
FNR != NR && $2 != "A" {
	split($3, part, /@+/)
	name = part[1]
	is_exported[name] = 1
	if (!(name in where)) {
		if (!(name in is_data))
			print "lib/libpxe.map:1: " name \
				" is exported and in no header"
	} else if (part[2] != node[name]) {
		print where[name] ": " name " is exported in " part[2] \
			", not in " node[name]
	}
}

END {
	for (name in where)
		if (!(name in is_exported))
			print where[name] ": " name " is declared, not exported"
}
