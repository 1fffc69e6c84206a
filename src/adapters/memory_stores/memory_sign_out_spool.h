#pragma once
#include <cstddef>
#include <set>
#include <vector>

#include "ports/sign_out_spool.h"

namespace syncwatch {

/// Sign-outs in memory, for tests of what stands on them: they outlive the "server" that uses it.
/// One thread; never waits.
class MemorySignOutSpool final : public SignOutSpool {
public:
    explicit MemorySignOutSpool(std::size_t most = 10'000) : most_(most) {}

    Async<> keep(SessionId session) override {
        if (!waiting_.contains(session) && waiting_.size() >= most_) {
            co_return fail_unavailable("sign_outs", "too many wait", std::chrono::seconds(5));
        }
        waiting_.insert(session);
        co_return Result<>();
    }
    std::vector<SessionId> waiting() const override { return {waiting_.begin(), waiting_.end()}; }
    Async<> done(SessionId session) override {
        waiting_.erase(session);
        co_return Result<>();
    }

private:
    const std::size_t most_;
    std::set<SessionId> waiting_;
};

}  // namespace syncwatch
