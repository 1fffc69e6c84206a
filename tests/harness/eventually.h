#pragma once
#include <chrono>

#include "apps/lab/wait.h"

namespace syncwatch::harness {

/// Asks again until it is so. False: it was not within `patience`, which only a test that fails
/// waits for.
template <class Question>
bool eventually(Question question, std::chrono::milliseconds patience = std::chrono::seconds(60)) {
    return lab::wait_until(question, patience, std::chrono::milliseconds(50));
}

}  // namespace syncwatch::harness
