# Run by sc_embed_folder: writes OUT, a C file that holds the bytes of the files NAMES
# (with | between them) of FOLDER and the table that names them.
string(REPLACE "|" ";" names "${NAMES}")
set(number 0)
set(table "")
file(WRITE ${OUT}.new "#include \"base/embed.h\"\n
extern const struct sc_embedded ${SYMBOL}[];\n")
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} bytes HEX)
  file(SIZE ${FOLDER}/${name} size)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  file(APPEND ${OUT}.new "static const unsigned char file_${number}[] = { ${bytes}0 };\n")
  string(APPEND table "    { \"${name}\", file_${number}, ${size} },\n")
  math(EXPR number "${number} + 1")
endforeach()
file(APPEND ${OUT}.new "const struct sc_embedded ${SYMBOL}[] = {\n${table}    { 0, 0, 0 },\n};\n")
file(RENAME ${OUT}.new ${OUT})
