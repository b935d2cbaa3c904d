# SPDX-License-Identifier: ISC
# Lengths of files and widths of lines.  Lines between "clang-format off" and
# "clang-format on" are tables and count for neither.

function end_file() {
	limit = file ~ /\.h$/ ? 200 : 500
	if (n > limit)
		print file ":" last ": " n " lines beside tables, of " limit
}

FNR == 1 {
	if (file != "")
		end_file()
	file = FILENAME
	n = 0
	is_table = 0
}

/clang-format off/ { is_table = 1 }

{
	last = FNR
	if (!is_table) {
		n++
		width = 0
		for (i = 1; i <= length($0); i++)
			width += substr($0, i, 1) == "\t" ? 8 - width % 8 : 1
		if (width > 80)
			print file ":" FNR ": " width " columns, of 80"
	}
}

/clang-format on/ { is_table = 0 }

END {
	if (file != "")
		end_file()
}
