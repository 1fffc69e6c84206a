# Libraries from Debian, each behind one target. Debian 12 has Boost 1.81, Debian 13 has 1.83.
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(CURL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(libzstd REQUIRED IMPORTED_TARGET libzstd)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)

# Asio's and Beast's bodies are compiled once: a file that includes them whole costs seconds.
add_library(third_party_asio STATIC ${PROJECT_SOURCE_DIR}/src/third_party/asio.cpp)
target_compile_definitions(third_party_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(third_party_asio
    PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads
    PRIVATE syncwatch_options)

add_library(third_party_beast STATIC ${PROJECT_SOURCE_DIR}/src/third_party/beast.cpp)
target_compile_definitions(third_party_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(third_party_beast PUBLIC third_party_asio PRIVATE syncwatch_options)

# The headers that nearly every file needs, parsed once.
add_library(syncwatch_pch STATIC ${PROJECT_SOURCE_DIR}/src/third_party/pch.cpp)
target_precompile_headers(syncwatch_pch PRIVATE
    <algorithm> <array> <atomic> <chrono> <cstdint> <deque> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <span> <string> <string_view> <thread> <unordered_map> <utility>
    <variant> <vector>
    <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
    <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/thread_pool.hpp>
    <boost/asio/use_awaitable.hpp> <fmt/format.h> <tl/expected.hpp>)
target_link_libraries(syncwatch_pch PUBLIC third_party_asio fmt::fmt PRIVATE syncwatch_options)

if(SW_TESTS)
    find_package(GTest REQUIRED)
    add_library(syncwatch_test_pch STATIC ${PROJECT_SOURCE_DIR}/src/third_party/pch.cpp)
    target_precompile_headers(syncwatch_test_pch PRIVATE
        <chrono> <filesystem> <functional> <map> <memory> <optional> <string> <vector>
        <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
        <boost/asio/steady_timer.hpp> <boost/asio/thread_pool.hpp> <boost/asio/use_awaitable.hpp>
        <fmt/format.h> <gtest/gtest.h> <tl/expected.hpp>)
    target_link_libraries(syncwatch_test_pch
        PUBLIC third_party_asio fmt::fmt GTest::gtest
        PRIVATE syncwatch_options syncwatch_test_options)
endif()
