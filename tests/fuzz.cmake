# Each tests/fuzz_NAME.c is one target, tests/corpus/NAME its inputs. With clang:
#     cmake --preset fuzz && cmake --build --preset fuzz
#     build/fuzz/fuzz_csv -max_total_time=60 NEW tests/corpus/csv      NEW: an empty folder
# Everywhere else the corpus is replayed by ctest.
file(GLOB fuzz_files CONFIGURE_DEPENDS tests/fuzz_*.c)
list(REMOVE_ITEM fuzz_files ${CMAKE_CURRENT_LIST_DIR}/fuzz_main.c)
if(SIMCTL_FUZZ)
  target_compile_options(simctl_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
foreach(f IN LISTS fuzz_files)
  get_filename_component(t ${f} NAME_WE)
  string(REPLACE fuzz_ "" name ${t})
  add_executable(${t} ${f})
  target_link_libraries(${t} PRIVATE simctl_all)
  if(SIMCTL_FUZZ)
    target_link_options(${t} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${t} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/fuzz_main.c)
    simctl_test(fuzz.${name} fuzz ${t} ${CMAKE_CURRENT_LIST_DIR}/corpus/${name})
  endif()
  add_dependencies(simctl_tests ${t})
endforeach()
