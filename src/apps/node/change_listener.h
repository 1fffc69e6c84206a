#pragma once
#include <functional>
#include <mutex>
#include <utility>

namespace syncwatch::apps {

/// Who hears that something works, or does not any more. Told by threads of the thing's own; who
/// listens may leave before it does.
class ChangeListener {
public:
    using Hear = std::function<void(bool well)>;

    /// When it returns, the one before is not called any more. nullptr: nobody.
    void set(Hear hear) {
        const std::lock_guard lock(mutex_);
        hear_ = std::move(hear);
    }
    void tell(bool well) {
        const std::lock_guard lock(mutex_);
        if (hear_) hear_(well);
    }

private:
    std::mutex mutex_;  // Guards hear_, and is held while it is called.
    Hear hear_;
};

}  // namespace syncwatch::apps
