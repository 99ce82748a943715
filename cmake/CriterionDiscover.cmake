# criterion_discover_tests(<target> <label>): one CTest entry per test, listed after every link.
# A leak or a UBSan message fails the test although Criterion itself would pass it; a filter that
# matches nothing fails instead of passing; one whose data are missing counts as skipped, unless a
# part of it failed. Uses test_environment and test_bad_output.
if(CMAKE_SCRIPT_MODE_FILE) # Second half: cmake -DEXE=... -DNAME=... ... -P this file
  set(ENV{LC_ALL} C)
  execute_process(COMMAND "${EXE}" --list OUTPUT_VARIABLE list COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" list "${list}")
  foreach(line IN LISTS list)
    if(line MATCHES "^([A-Za-z0-9_]+): [0-9]+ tests?$")
      set(suite "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^.-- ([A-Za-z0-9_]+)$")
      set(test "${CMAKE_MATCH_1}")
      set(full "${NAME}.${suite}.${test}")
      string(APPEND script "add_test(${full} \"${EXE}\" --color=never -j1 --verbose --filter ${suite}/${test})
set_tests_properties(${full} PROPERTIES TIMEOUT 60 LABELS ${LABEL} ENVIRONMENT \"${ENVIRONMENT}\"
  FAIL_REGULAR_EXPRESSION \"${BAD_OUTPUT};Tested: 0 \"
  SKIP_REGULAR_EXPRESSION \"(SKIP. ${suite}::${test}: |skipped: [^ ]+ is not there).*Failing: 0 . Crashing: 0 \")\n")
    endif()
  endforeach()
  file(WRITE "${OUT}" "${script}")
  return()
endif()
set(_criterion_script "${CMAKE_CURRENT_LIST_FILE}")
function(criterion_discover_tests target label)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}_tests.cmake")
  add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS "${out}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DEXE=$<TARGET_FILE:${target}>" "-DNAME=${target}" "-DOUT=${out}"
            "-DLABEL=${label}" "-DENVIRONMENT=${test_environment}" "-DBAD_OUTPUT=${test_bad_output}"
            -P "${_criterion_script}")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${out}")
endfunction()
