#pragma once
#include <string>

#include <boost/json/value.hpp>

namespace syncwatch {

inline std::string text(const boost::json::value& value) {
    return std::string(value.as_string());
}

}  // namespace syncwatch
