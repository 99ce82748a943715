# Install rules: library, headers, program, CMake package, pkg-config file, man page.
install(TARGETS simctl EXPORT simctl-targets)
install(TARGETS simctl_cli)
install(DIRECTORY sim/include/simctl TYPE INCLUDE)
install(EXPORT simctl-targets NAMESPACE simctl::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simctl FILE simctl-config.cmake)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/simctl-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/simctl-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simctl)

# Relative to where the file lies, so that an installed tree can be moved.
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
file(CONFIGURE OUTPUT simctl.pc CONTENT [[
prefix=${pcfiledir}/@pc_to_prefix@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@

Name: simctl
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Cflags: -I${includedir}
Libs: -L${libdir} -lsimctl
]] @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/simctl.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The man page and the completions are what the program itself prints, so they never lag behind it.
if(NOT CMAKE_CROSSCOMPILING)
  set(printed ${PROJECT_BINARY_DIR}/printed)
  file(MAKE_DIRECTORY ${printed})
  add_custom_command(OUTPUT ${printed}/simctl.1 ${printed}/simctl ${printed}/_simctl
    ${printed}/simctl.fish
    COMMAND simctl_cli help --man > ${printed}/simctl.1
    COMMAND simctl_cli completion bash > ${printed}/simctl
    COMMAND simctl_cli completion zsh > ${printed}/_simctl
    COMMAND simctl_cli completion fish > ${printed}/simctl.fish
    DEPENDS simctl_cli VERBATIM)
  add_custom_target(simctl_printed ALL DEPENDS ${printed}/simctl.1)
  install(FILES ${printed}/simctl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${printed}/simctl
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${printed}/_simctl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${printed}/simctl.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
