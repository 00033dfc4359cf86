# sc_embed(<target> <file> <symbol>)
#
# Compiles a file into a target as
#   extern const char <symbol>[];        with a NUL behind it
#   extern const size_t <symbol>_len;    without the NUL
# The C file is made when the target is built, and again when the file changes.
function(sc_embed target file symbol)
  get_filename_component(file ${file} ABSOLUTE)
  set(out ${PROJECT_BINARY_DIR}/embed/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DSYMBOL=${symbol}
            -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_file.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_file.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# sc_embed_folder(<target> <folder> <symbol> <pattern>...)
#
# Compiles the files of a folder (and of the folders in it) that match a pattern into a
# target as one table, `const struct sc_embedded <symbol>[]` (base/embed.h).
function(sc_embed_folder target folder symbol)
  get_filename_component(folder ${folder} ABSOLUTE)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${folder}/)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${patterns})
  list(SORT files)
  list(JOIN files "|" names)
  list(TRANSFORM files PREPEND ${folder}/)
  set(out ${PROJECT_BINARY_DIR}/embed/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} "-DNAMES=${names}" -DOUT=${out}
            -DSYMBOL=${symbol} -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_folder.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed_folder.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
