# Run by sc_embed: writes OUT, a C file that holds the bytes of IN.
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUT} "#include <stddef.h>\n
extern const char ${SYMBOL}[];
extern const size_t ${SYMBOL}_len;\n
const char ${SYMBOL}[] = { ${bytes}'\\0' };
const size_t ${SYMBOL}_len = sizeof(${SYMBOL}) - 1;\n")
