# Tests of the finished program, of the installed library and of the sources as they stand.
set(here ${CMAKE_CURRENT_LIST_DIR})
add_dependencies(simctl_tests simctl_cli simctl)

# Golden command lines register themselves, one test per case.
include(${here}/cli/cli.cmake)
get_property(all_tests DIRECTORY PROPERTY TESTS)
list(FILTER all_tests INCLUDE REGEX "^cli\\.")
set_tests_properties(${all_tests} PROPERTIES LABELS cli ENVIRONMENT "${test_environment}")

foreach(rule IN ITEMS layers calls numbers shape words format statics)
  simctl_test(tidy.${rule} tidy ${here}/tidy.sh ${rule})
endforeach()
simctl_test(tidy.canary tidy ${here}/tidy_canary.sh)
simctl_test(headers install ${here}/headers.sh)
foreach(how IN ITEMS symbols pkg-config find-package)
  simctl_test(install.${how} install ${here}/install.sh ${PROJECT_BINARY_DIR} ${how})
endforeach()

foreach(what IN ITEMS repeat cache processor)
  simctl_test(digests.${what} digest ${here}/digests.sh ${what})
endforeach()
# Without optimisation and without vector code; with both; with another compiler.
set(flags_gcc-O0 gcc "-O0 -DSIM_NO_CLONES")
set(flags_gcc-O3 gcc -O3)
set(flags_clang-O2 clang -O2)
foreach(name IN ITEMS gcc-O0 gcc-O3 clang-O2)
  simctl_test(digests.${name} digest ${here}/digests.sh build ${flags_${name}}
    ${PROJECT_BINARY_DIR}/digest/${name})
  set_tests_properties(digests.${name} PROPERTIES PROCESSORS 2 COST 100)
endforeach()

foreach(oracle IN ITEMS inputs starts machines examples easy-published fcfs-metrics fgd fgd-means google2011
    sparrow invariants omega omega-jobs omega-mesos)
  simctl_test(oracle.${oracle} oracle ${here}/oracles.sh ${oracle})
endforeach()
set_tests_properties(oracle.google2011 oracle.fgd-means oracle.sparrow PROPERTIES COST 50) # They start first.
simctl_test(oracle.invariants-google2011 "oracle;long" ${here}/oracles.sh invariants-google2011)
foreach(oracle IN ITEMS omega-all omega-own)
  simctl_test(oracle.${oracle} "oracle;long" ${here}/oracles.sh ${oracle})
endforeach()

# What documents tell the reader to type.
file(GLOB documents CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} README.md */README.md
  */*/README.md)
list(FILTER documents EXCLUDE REGEX "^(build|runs)/")
foreach(document IN LISTS documents)
  string(REPLACE "/" "-" name ${document})
  string(REGEX REPLACE "-?README\\.md$" "" name ${name})
  if(name STREQUAL "")
    set(name project)
  endif()
  simctl_test(readme.${name} readme ${here}/readme.sh ${document})
endforeach()

foreach(f IN LISTS bench_files)
  get_filename_component(b ${f} NAME_WE)
  simctl_test(bench.${b} bench ${here}/bench.sh $<TARGET_FILE:${b}>)
endforeach()

simctl_test(example.quickstart example ${here}/quickstart.sh)
set_tests_properties(example.quickstart PROPERTIES PROCESSORS 2 COST 100)
