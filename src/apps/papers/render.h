#pragma once
#include <string>

#include <boost/json/object.hpp>

#include "apps/papers/paper.h"

namespace syncwatch::apps {

/// One document, from what is missing to the last check.
std::string markdown(const Paper& paper);

/// The same for programs.
boost::json::object paper_json(const Paper& paper);

}  // namespace syncwatch::apps
