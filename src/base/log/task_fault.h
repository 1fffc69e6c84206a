#pragma once
#include <string>

#include "base/log/log.h"

namespace syncwatch::log {

/// For a TaskGroup: a task of it that ends in an exception is an error of this event, which
/// outlives the group.
inline auto task_fault(const char* event) {
    return [event](const std::string& task, const std::string& what) {
        error(event, {{"task", task}, {"what", what}});
    };
}

}  // namespace syncwatch::log
