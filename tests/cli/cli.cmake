# One CTest entry per golden command-line test.
file(GLOB cli_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.sh)
foreach(f IN LISTS cli_cases)
  get_filename_component(t ${f} NAME_WE)
  if(NOT t STREQUAL "run")
    add_test(NAME cli.${t} COMMAND ${CMAKE_CURRENT_LIST_DIR}/run.sh $<TARGET_FILE_DIR:simctl_cli> ${t})
    set_tests_properties(cli.${t} PROPERTIES TIMEOUT 300
      FAIL_REGULAR_EXPRESSION "ERROR: [A-Za-z]+Sanitizer;runtime error:")
  endif()
endforeach()
