#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "base/time.h"

namespace syncwatch {

/// Which tickets are void: for each key, those that were issued up to a time. Bounded: over its
/// capacity the oldest marks go, and with them every ticket that is as old, whosever it is, so that
/// what was forgotten is refused.
template <class Key>
class Marks {
public:
    explicit Marks(std::size_t capacity) : capacity_(capacity) {}

    /// Voids the tickets of `key` issued up to `time`. False: they were void already.
    bool set(const Key& key, WallTime time) {
        const auto [mark, fresh] = marks_.try_emplace(key, time);
        if (!fresh) {
            if (mark->second >= time) return false;
            by_time_.erase({mark->second, key});
            mark->second = time;
        }
        by_time_.emplace(time, key);
        if (marks_.size() > capacity_) {
            floor_ = std::max(floor_, by_time_.begin()->first);
            drop_oldest();
        }
        return true;
    }

    bool voids(const Key& key, WallTime issued) const {
        if (issued <= floor_) return true;
        const auto mark = marks_.find(key);
        return mark != marks_.end() && issued <= mark->second;
    }

    /// Forgets what was marked up to `time`: such tickets are too old anyway.
    void forget(WallTime time) {
        while (!by_time_.empty() && by_time_.begin()->first <= time) drop_oldest();
    }

private:
    void drop_oldest() {
        marks_.erase(by_time_.begin()->second);
        by_time_.erase(by_time_.begin());
    }

    const std::size_t capacity_;
    WallTime floor_ = WallTime::min();
    std::map<Key, WallTime> marks_;
    std::set<std::pair<WallTime, Key>> by_time_;
};

}  // namespace syncwatch
