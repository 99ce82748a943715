# cmake -D source=DIR -D header=FILE -P commit.cmake
#
# Which commit is built, for `simctl version` and the manifest. Every build runs this, since a commit
# made after CMake was run counts; the header is only written when it changes, so that nothing is
# rebuilt for its sake otherwise. Sources that were unpacked into some other repository have no commit.
function(ask_git out)
  execute_process(COMMAND git -C ${source} ${ARGN} OUTPUT_VARIABLE text
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(text "")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

ask_git(folder rev-parse --show-prefix)
ask_git(commit rev-parse HEAD)
ask_git(changes status --porcelain --untracked-files=no)
set(dirty 0)
if(NOT folder STREQUAL "")
  set(commit "")
elseif(NOT changes STREQUAL "")
  set(dirty 1)
endif()
set(text "/* Generated: what this build is. */
#ifndef SIMCTL_COMMIT_H
#define SIMCTL_COMMIT_H
#define SIMCTL_COMMIT \"${commit}\"
#define SIMCTL_DIRTY ${dirty}
#endif
")
set(before "")
if(EXISTS ${header})
  file(READ ${header} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${header} "${text}")
endif()
