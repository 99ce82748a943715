# What CTest runs, and in which build. Units, properties and fuzz corpora belong where sanitizers
# watch, tests of the finished program where it is fast; a build that is neither runs all of them.
#   unit, property   Criterion programs: tests/test_*.c, tests/prop_*.c
#   fuzz             a corpus per fuzz target, replayed
#   cli              golden command lines: tests/cli
#   oracle           published results; need SIMCTL_SHARED, else they are skipped
#   long             minutes each; tests/run leaves them out
set(SIMCTL_SHARED "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH
  "Folder with traces and oracles that tests read when it is there")
set(test_environment "SIMCTL_SHARED=${SIMCTL_SHARED}" "UBSAN_OPTIONS=print_stacktrace=1"
  "ASAN_OPTIONS=detect_stack_use_after_return=1")
set(test_bad_output "ERROR: [A-Za-z]+Sanitizer;runtime error:")
add_custom_target(simctl_tests) # All that the tests of this build need.

# simctl_test(NAME LABELS command...): a script or program. It finds simctl as $SIMCTL; status 77 and
# a message mean that it was skipped.
function(simctl_test name label)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${label}" SKIP_RETURN_CODE 77
    ENVIRONMENT "${test_environment};SIMCTL=$<TARGET_FILE:simctl_cli>"
    FAIL_REGULAR_EXPRESSION "${test_bad_output}")
endfunction()

if(NOT SIMCTL_FUZZ AND NOT SIMCTL_LTO)
  include(${CMAKE_CURRENT_LIST_DIR}/units.cmake)
endif()
if(NOT SIMCTL_LTO)
  include(${CMAKE_CURRENT_LIST_DIR}/fuzz.cmake)
endif()
if(NOT SIMCTL_FUZZ AND NOT SIMCTL_SANITIZE)
  include(${CMAKE_CURRENT_LIST_DIR}/program.cmake)
endif()
