#pragma once
#include <string>
#include <vector>

#include "apps/config/keys.h"
#include "apps/config/load.h"

namespace syncwatch::config {

/// Puts values into settings, and complaints about them beside.
class Assigner {
public:
    explicit Assigner(Loaded& loaded) : loaded_(loaded) {}

    void take(const Key& key, const std::vector<std::string>& words, const std::string& where);
    /// One text, as the environment and flags give it: a list is separated by commas.
    void take_text(const Key& key, const std::string& text, const std::string& where);
    /// The first line of a file is the value.
    void take_secret_file(const Key& key, const std::string& file, const std::string& where);

private:
    Loaded& loaded_;
};

}  // namespace syncwatch::config
