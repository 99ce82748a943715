# simctl_table(kind folder): gen/<kind>_table.def holds X(id) for every folder/<id>.c, sorted.
# Rule: folder/a_b.c defines sim_<kind>_a_b. A file that forgets its table fails to link, by name.
function(simctl_table kind folder)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/${folder}
    ${PROJECT_SOURCE_DIR}/${folder}/*.c)
  list(SORT files)
  set(rows "")
  foreach(f IN LISTS files)
    get_filename_component(id ${f} NAME_WE)
    string(APPEND rows "X(${id})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/gen/${kind}_table.def CONTENT "${rows}")
endfunction()
