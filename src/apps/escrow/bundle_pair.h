#pragma once
#include <string>

#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// Why two bundles are not of one state of an installation: a file that one has in part is not, or
/// not the same, in the other. Empty: they may be of one.
std::string difference_between(const recovery::Bundle& config, const recovery::Bundle& secrets);

}  // namespace syncwatch::apps
