# Each bench/bench_*.c is one program. `ctest -L bench` runs them small and compares checksums only.
file(GLOB bench_files CONFIGURE_DEPENDS bench/bench_*.c)
foreach(f IN LISTS bench_files)
  get_filename_component(b ${f} NAME_WE)
  add_executable(${b} ${f})
  target_link_libraries(${b} PRIVATE simctl_all)
endforeach()
