# Every tests/test_*.c and tests/prop_*.c is a Criterion program; one CTest entry per test.
pkg_check_modules(criterion REQUIRED IMPORTED_TARGET criterion)
include(cmake/CriterionDiscover.cmake)
file(GLOB test_files CONFIGURE_DEPENDS tests/test_*.c tests/prop_*.c)
foreach(f IN LISTS test_files)
  get_filename_component(t ${f} NAME_WE)
  add_executable(${t} ${f})
  target_compile_options(${t} PRIVATE -Wno-missing-prototypes -Wno-conversion -Wno-sign-conversion
    -Wno-shadow)
  target_compile_definitions(${t} PRIVATE SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${t} PRIVATE simctl_all PkgConfig::criterion)
  criterion_discover_tests(${t})
endforeach()
