#pragma once
#include <string>

namespace syncwatch::config {

/// The tables of docs/configuration.md, in Markdown.
std::string reference();

}  // namespace syncwatch::config
