# SPDX-License-Identifier: ISC
# Compares the rows of PXE_REASONS, PXE_STEPS and PXE_EVENTS with the lists of
# pxe(7): all ".It" lines of the section whose title has REASON, STEP or EVENT in
# it.

/^#define PXE_REASONS\(X\)/ { table = "REASON" }
/^#define PXE_STEPS\(X\)/ { table = "STEP" }
/^#define PXE_EVENTS\(X\)/ { table = "EVENT" }

table != "" && match($0, /X\([A-Z0-9_]+, *"[^"]+"/) {
	word = substr($0, RSTART, RLENGTH - 1)
	sub(/.*"/, "", word)
	row[table, word] = FILENAME ":" FNR
}

table != "" && !/\\$/ { table = "" }

FILENAME ~ /\.7$/ && /^\.S[hs] / {
	section = toupper($0) ~ /REASON/ ? "REASON" : \
		toupper($0) ~ /STEP/ ? "STEP" : \
		toupper($0) ~ /EVENT/ ? "EVENT" : ""
}

section != "" && /^\.It / {
	word = $NF
	gsub(/\\&|\\|"/, "", word)
	entry[section, word] = FILENAME ":" FNR
}

END {
	for (key in row)
		if (!(key in entry)) {
			split(key, part, SUBSEP)
			print row[key] ": " tolower(part[1]) " '" part[2] \
				"' is not in pxe(7)"
		}
	for (key in entry)
		if (!(key in row)) {
			split(key, part, SUBSEP)
			print entry[key] ": no such " tolower(part[1]) ": '" \
				part[2] "'"
		}
}
