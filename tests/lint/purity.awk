# SPDX-License-Identifier: ISC
# Reads `nm -u -l` of one object.  -v source=FILE, root=PREFIX of paths,
# layer=base|wire|core|program|table, table=FILE with rows "layer symbol".

function allow(words, i, n, list) {
	n = split(words, list)
	for (i = 1; i <= n; i++)
		is_allowed[list[i]] = 1
}

BEGIN {
	allow("_GLOBAL_OFFSET_TABLE_ __stack_chk_fail __assert_fail " \
		"__errno_location")
	allow("memchr memcmp memcpy memmove memset bcmp")
	allow("strchr strrchr strcspn strlen strnlen strcmp strncmp strcasecmp " \
		"strncasecmp strstr strtoul strtoull")
	allow("bsearch qsort snprintf vsnprintf __popcountdi2")
	if (layer == "core" || layer == "table")
		allow("malloc calloc realloc free")
	rank["base"] = 1; rank["wire"] = 2; rank["core"] = 3; rank["program"] = 4
	rank["table"] = 4
	is_lib["base"]; is_lib["wire"]; is_lib["core"]
	while ((getline row < table) > 0) {
		split(row, cell, " ")
		home[cell[2]] = cell[1]
	}
}

{
	name = $2
	plain = name
	if (plain ~ /^__.*_chk$/)
		plain = substr(plain, 3, length(plain) - 6)
	sub(/^__isoc[0-9]+_/, "", plain)
	where = source ":1"
	if (NF > 2) {
		where = $3
		if (index(where, root) == 1)
			where = substr(where, length(root) + 1)
	}
	if (name in is_allowed || plain in is_allowed)
		next
	if (name in home && rank[home[name]] <= rank[layer])
		next
	print where ": " (layer in is_lib ? layer : "pure") \
		" code must not use " name
}
