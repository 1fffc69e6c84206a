#pragma once
#include <chrono>
#include <thread>

namespace syncwatch::lab {

/// Asks again and again until `done()`: other programs do not tell when they are ready. False: it
/// was not within `patience`.
template <class Done>
bool wait_until(Done done, std::chrono::milliseconds patience,
                std::chrono::milliseconds every = std::chrono::milliseconds(10)) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(every);
    }
    return true;
}

}  // namespace syncwatch::lab
