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
        target_precompile_headers(${name} REUSE_FROM syncwatch_pch)
    else()
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${name} INTERFACE ${M_USES} ${M_LINKS} third_party_asio fmt::fmt)
    endif()
    if(M_TESTS AND SW_TESTS)
        syncwatch_test(${name}.test SOURCES ${M_TESTS} USES ${name} ${M_TEST_USES} LABEL unit)
    endif()
endfunction()

# syncwatch_test(contract.sqlite SOURCES … USES … LABEL contract TIMEOUT 60)
function(syncwatch_test name)
    cmake_parse_arguments(PARSE_ARGV 1 T "" "LABEL;TIMEOUT" "SOURCES;USES")
    if(NOT T_TIMEOUT)
        set(T_TIMEOUT 120)
    endif()
    add_executable(${name} ${T_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        SW_FIXTURES="${PROJECT_SOURCE_DIR}/tests/fixtures")
    target_link_libraries(${name} PRIVATE
        ${T_USES} third_party_asio fmt::fmt GTest::gtest_main syncwatch_options)
    target_precompile_headers(${name} REUSE_FROM syncwatch_test_pch)
    # One ctest entry per program: the summary counts the cases inside it.
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${T_LABEL}" TIMEOUT ${T_TIMEOUT})
endfunction()
