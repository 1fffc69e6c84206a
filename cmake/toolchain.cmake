# Flags that every target of ours is compiled with. They live on one interface target, because the
# precompiled headers can be shared only by targets with the same flags.
add_library(syncwatch_options INTERFACE)
target_compile_options(syncwatch_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${SW_WERROR}>:-Werror>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
target_compile_definitions(syncwatch_options INTERFACE _GLIBCXX_ASSERTIONS)

if(SW_SANITIZE)
    target_compile_options(syncwatch_options INTERFACE
        -fsanitize=${SW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(syncwatch_options INTERFACE -fsanitize=${SW_SANITIZE})
endif()

find_program(SW_LLD NAMES ld.lld)
if(SW_LLD)
    target_link_options(syncwatch_options INTERFACE -fuse-ld=lld)
endif()
