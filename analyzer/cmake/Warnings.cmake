# SPDX-License-Identifier: Apache-2.0
add_library(tmk_warnings INTERFACE)
target_compile_options(tmk_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wconversion -Wsign-conversion -Wcast-qual -Wpointer-arith -Wformat=2 -Wundef -Wvla
  -Wswitch-enum -Wwrite-strings -Wnull-dereference)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tmk_warnings INTERFACE -Wcast-align=strict -Wimplicit-fallthrough=5 -Wduplicated-cond
    -Wlogical-op)
  # -O1 and more with a sanitizer makes gcc see null dereferences in its own instrumentation
  if(TMK_SANITIZE)
    target_compile_options(tmk_warnings INTERFACE -Wno-null-dereference)
  endif()
else()
  target_compile_options(tmk_warnings INTERFACE -Wcast-align -Wimplicit-fallthrough -Wno-gnu-zero-variadic-macro-arguments)
endif()
if(TMK_WERROR)
  target_compile_options(tmk_warnings INTERFACE -Werror)
endif()
