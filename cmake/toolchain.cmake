# Flags that every target of ours is compiled with. They live on one interface target, because the
# precompiled headers can be shared only by targets with the same flags.
add_library(syncwatch_options INTERFACE)
target_compile_options(syncwatch_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${SW_WERROR}>:-Werror>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    # Taken in by Asio's own allocator of coroutine frames at -O2.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
# It takes every file but the one it was called with for a header.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(syncwatch_options INTERFACE -Wno-subobject-linkage)
endif()
target_compile_definitions(syncwatch_options INTERFACE _GLIBCXX_ASSERTIONS)

if(SW_SANITIZE)
    target_compile_options(syncwatch_options INTERFACE
        -fsanitize=${SW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    # They cost the compiler a fifth of its time, and what is then read is AddressSanitizer's to report.
    if(SW_SANITIZE MATCHES "undefined")
        target_compile_options(syncwatch_options INTERFACE -fno-sanitize=null,alignment)
    endif()
    target_link_options(syncwatch_options INTERFACE -fsanitize=${SW_SANITIZE})
endif()

# What a fuzzer reaches is instrumented for libFuzzer, or it would search blindly; the rest is spared
# that: it takes nearly half of the compiler's time. clang 14 cannot compile coroutines under
# -fsanitize=function ("Cannot represent a difference across sections").
set(SW_NOT_FUZZED "")
if(SW_FUZZ)
    target_compile_options(syncwatch_options INTERFACE
        -fsanitize=fuzzer-no-link -fno-sanitize=function)
    # Not -fno-sanitize=fuzzer-no-link: with that the precompiled headers could not be shared.
    set(SW_NOT_FUZZED
        -fno-sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table,stack-depth)
endif()

# What the tests' own sources get, behind syncwatch_options. Nobody waits for them, so they are not
# optimised, and no fuzzer searches in them.
add_library(syncwatch_test_options INTERFACE)
target_compile_options(syncwatch_test_options INTERFACE
    $<$<CONFIG:Release>:-O0> $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> ${SW_NOT_FUZZED})

find_program(SW_LLD NAMES ld.lld)
if(SW_LLD)
    target_link_options(syncwatch_options INTERFACE -fuse-ld=lld)
endif()
