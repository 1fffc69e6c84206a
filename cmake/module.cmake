# The architecture, as a table: a layer may use only the layers on its line (and itself).
set(SW_MAY_USE_base)
set(SW_MAY_USE_domain   base)
set(SW_MAY_USE_ports    base domain)
set(SW_MAY_USE_protocol base domain)
set(SW_MAY_USE_services base domain ports)
set(SW_MAY_USE_recovery base domain ports)
set(SW_MAY_USE_adapters base domain ports)
set(SW_MAY_USE_gateway  base domain ports protocol services)
set(SW_MAY_USE_apps     base domain ports protocol services recovery adapters gateway)

# Where threads meet most: ThreadSanitizer looks at their tests each time. At those of all other
# modules that have more than one thread it looks with --long: it takes the compiler as long as a release.
set(SW_WHERE_THREADS_MEET
    "^(base\\.async|adapters\\.(linked_bus|memory|sqlite|sqlite_log)|gateway\\.http|services\\.objects)$")
# Modules whose tests need one thread, and ThreadSanitizer a minute and more to see nothing.
set(SW_TESTED_ON_ONE_THREAD
    "^(domain\\..*|protocol\\..*|adapters\\.memory_stores|apps\\.(config|doctor|lab|plan|region|transfer)|gateway\\.(api|metrics|static)|recovery\\.(backups|catalogue|plan|snapshots)|services\\.(accounts|limits|rooms|transcoding))$")

# syncwatch_module(domain.playback SOURCES … TESTS … USES base … LINKS Boost::url …)
#   SOURCES  .cpp files; without any the module is its headers alone
#   TESTS    gtest files, built into domain.playback.test and run by ctest
#   USES     our modules, checked against the table above
#   LINKS    third-party targets
#   TEST_USES  modules that only the tests need (not checked: a test may wire what it likes)
function(syncwatch_module name)
    cmake_parse_arguments(PARSE_ARGV 1 M "" "" "SOURCES;TESTS;USES;LINKS;TEST_USES")
    string(REGEX REPLACE "\\..*" "" layer "${name}")
    foreach(used IN LISTS M_USES)
        string(REGEX REPLACE "\\..*" "" used_layer "${used}")
        if(NOT used_layer IN_LIST SW_MAY_USE_${layer} AND NOT used_layer STREQUAL layer)
            message(FATAL_ERROR "${name} may not use ${used}: see the table in cmake/module.cmake")
        endif()
    endforeach()

    if(M_SOURCES)
        add_library(${name} STATIC ${M_SOURCES})
        target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${name}
            PUBLIC ${M_USES} ${M_LINKS} third_party_asio fmt::fmt
            PRIVATE syncwatch_options)
        target_compile_options(${name} PRIVATE
            "$<$<NOT:$<BOOL:$<TARGET_PROPERTY:SW_FUZZED>>>:${SW_NOT_FUZZED}>")
        target_precompile_headers(${name} REUSE_FROM syncwatch_pch)
    else()
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${name} INTERFACE ${M_USES} ${M_LINKS} third_party_asio fmt::fmt)
    endif()
    if(M_TESTS AND SW_TESTS)
        set(labels unit)
        if(name MATCHES "${SW_WHERE_THREADS_MEET}")
            list(APPEND labels threads)
        elseif(NOT name MATCHES "${SW_TESTED_ON_ONE_THREAD}")
            list(APPEND labels more-threads)
        endif()
        syncwatch_test(${name}.test
            SOURCES ${M_TESTS} USES ${name} ${M_TEST_USES} LABELS ${labels})
    endif()
endfunction()

# syncwatch_test(relay.test SOURCES … USES … LABELS unit threads TIMEOUT 60)
#   LABELS  what `ctest -L` selects it by: unit, threads, more-threads, sim, integration, tidy
function(syncwatch_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "TIMEOUT" "SOURCES;USES;LABELS")
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 120)
    endif()
    add_executable(${name} ${T_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        SW_FIXTURES="${PROJECT_SOURCE_DIR}/tests/fixtures"
        SW_CLIPS="${PROJECT_BINARY_DIR}/../clips")
    target_link_libraries(${name} PRIVATE
        ${T_USES} third_party_asio fmt::fmt GTest::gtest_main
        syncwatch_options syncwatch_test_options)
    target_precompile_headers(${name} REUSE_FROM syncwatch_test_pch)
    # One ctest entry per program: the summary counts the cases inside it.
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT})
    syncwatch_group(${name} ${T_LABELS})
endfunction()

# Each label is a target too, so that one kind of tests can be built alone: tests.integration.
function(syncwatch_group name)
    foreach(label IN LISTS ARGN)
        if(NOT TARGET tests.${label})
            add_custom_target(tests.${label})
        endif()
        add_dependencies(tests.${label} ${name})
    endforeach()
endfunction()

# syncwatch_fuzzer(room_frames SOURCES room_frames_fuzzer.cpp USES protocol.room)
#   With SW_FUZZ (clang): the libFuzzer program fuzzers/room_frames, which scripts/test.sh runs for a
#   while over tests/fuzz/corpus/room_frames. Without: a test that feeds it that corpus once.
function(syncwatch_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 F "" "" "SOURCES;USES")
    set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    if(SW_FUZZ)
        add_executable(fuzz.${name} ${F_SOURCES})
        target_link_options(fuzz.${name} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz.${name} PROPERTIES
            OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzzers)
        syncwatch_group(fuzz.${name} fuzz)
        syncwatch_fuzzed(${F_USES})
    else()
        add_executable(fuzz.${name} ${F_SOURCES}
            ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_corpus.cpp)
        add_test(NAME fuzz.${name} COMMAND fuzz.${name} ${corpus})
        set_tests_properties(fuzz.${name} PROPERTIES LABELS "unit" TIMEOUT 60)
        syncwatch_group(fuzz.${name} unit)
    endif()
    target_include_directories(fuzz.${name} PRIVATE
        ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(fuzz.${name} PRIVATE
        ${F_USES} third_party_asio fmt::fmt syncwatch_options)
    target_precompile_headers(fuzz.${name} REUSE_FROM syncwatch_pch)
endfunction()

# These modules, and those that they use, are instrumented for fuzzers.
function(syncwatch_fuzzed)
    foreach(used IN LISTS ARGN)
        if(NOT TARGET ${used})
            continue()
        endif()
        get_target_property(imported ${used} IMPORTED)
        get_target_property(known ${used} SW_FUZZED)
        if(imported OR known)
            continue()
        endif()
        set_target_properties(${used} PROPERTIES SW_FUZZED TRUE)
        get_target_property(kind ${used} TYPE)
        if(kind STREQUAL INTERFACE_LIBRARY)
            get_target_property(uses ${used} INTERFACE_LINK_LIBRARIES)
        else()
            get_target_property(uses ${used} LINK_LIBRARIES)
        endif()
        if(uses)
            syncwatch_fuzzed(${uses})
        endif()
    endforeach()
endfunction()
