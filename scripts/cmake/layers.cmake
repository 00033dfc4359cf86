# sc_layer(<name> [DEPS <layers above in this list>] [LIBS <outside libraries>]
#          [FOLDERS <folders inside it whose .c files belong to it>])
#
# One folder, one static library. Three things keep the layers honest:
#   CMake     DEPS may name only layers already declared, so there are no cycles;
#   compiler  a layer sees only its own headers and those of its DEPS;
#   linker    sc_<name>_link pulls in the whole archive and must resolve.
function(sc_layer name)
  cmake_parse_arguments(L "" "" "DEPS;LIBS;FOLDERS" ${ARGN})
  foreach(dep IN LISTS L_DEPS)
    if(NOT TARGET sc_${dep})
      message(FATAL_ERROR "layer '${name}' may not use '${dep}': not below it")
    endif()
  endforeach()
  list(TRANSFORM L_DEPS PREPEND sc_)

  set(view ${PROJECT_BINARY_DIR}/view/${name}) # an include root with one folder in it
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/runtime/${name} ${view}/${name} SYMBOLIC)

  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/${name}/*.c)
  foreach(folder IN LISTS L_FOLDERS)
    file(GLOB more CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/${name}/${folder}/*.c)
    list(APPEND sources ${more})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.c$") # a program's, not the layer's
  if(NOT sources)
    file(WRITE ${view}/empty.c "typedef int nothing;\n")
    set(sources ${view}/empty.c)
  endif()
  add_library(sc_${name} STATIC ${sources})
  target_include_directories(sc_${name} PUBLIC ${view})
  target_link_libraries(sc_${name} PUBLIC ${L_DEPS} ${L_LIBS} PRIVATE sc_warnings)

  file(WRITE ${view}/main.c "int main(void) { return 0; }\n")
  add_executable(sc_${name}_link ${view}/main.c)
  target_link_libraries(sc_${name}_link PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,sc_${name}>")
endfunction()
