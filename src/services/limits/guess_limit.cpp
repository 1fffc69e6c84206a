#include "services/limits/guess_limit.h"

namespace syncwatch {

void GuessLimit::share(LimitSharing& sharing, const Clock& clock) {
    sharing_ = &sharing;
    sharing.serve(name_, [this, &clock](const std::string& key, int wrong) {
        heard(key, wrong, clock.now());
    });
}

Result<> GuessLimit::check(const std::string& key, Instant now) const {
    const std::lock_guard lock(mutex_);
    return attempts_.check(key, now);
}

Result<> GuessLimit::settle(const std::string& key, bool right, Instant now) {
    bool locked = false;
    {
        const std::lock_guard lock(mutex_);
        SW_CHECK(attempts_.settle(key, right, now));
        locked = !attempts_.check(key, now);
    }
    if (sharing_ == nullptr) return {};
    if (right) {
        sharing_->forgive(name_, key);
    } else {
        // A lock is one everywhere, also where something right was said between two of the guesses.
        sharing_->note(name_, key, locked ? free_tries_ : 1);
    }
    return {};
}

void GuessLimit::heard(const std::string& key, int wrong, Instant now) {
    const std::lock_guard lock(mutex_);
    if (wrong == 0) (void)attempts_.settle(key, true, now);
    // A lock ends it: what was guessed beyond it counts no more here than where it was guessed.
    for (; wrong > 0 && attempts_.settle(key, false, now); --wrong) continue;
}

}  // namespace syncwatch
