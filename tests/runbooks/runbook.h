#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace syncwatch::runbooks {

/// Commands of a page in docs/recovery/runbooks, as they stand between ```sh and ```, and what the
/// comment before them says to the test: <!-- test: exits 5 -->.
struct Fence {
    std::string section;  ///< The heading that they stand below, "Only some rows"; or none.
    std::string script;
    int line = 0;         ///< Of the page, where they begin.
    int exit = 0;         ///< That they are to end with.
    bool skip = false;    ///< The test has its own.
    bool again = false;   ///< Until they succeed.
    std::string instead;  ///< What the test does in the place of a person.
};

std::vector<Fence> read_runbook(const std::filesystem::path& page);

}  // namespace syncwatch::runbooks
