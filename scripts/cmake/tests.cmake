# sc_unit_test(<layer> <file> [LIBS <more>] [SOURCES <more>])
# tests/unit/<layer>/test_<file>.c, linked against that layer alone.
function(sc_unit_test layer file)
  cmake_parse_arguments(T "" "" "LIBS;SOURCES" ${ARGN})
  set(name ${layer}_${file})
  add_executable(test_${name} ${PROJECT_SOURCE_DIR}/tests/unit/${layer}/test_${file}.c ${T_SOURCES})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(test_${name} PRIVATE
    SC_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" SC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE sc_${layer} ${T_LIBS} sc_warnings cmocka)
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
